namespace RelayCluster.Dht.Rpc;

/// <summary>What happened so far. Written on the loop without locks; metrics read it when somebody looks.</summary>
internal sealed class RpcCounters
{
    public long RequestsStarted;
    public long RequestsTimedOut;
    public long Retries;
    public long RepliesReceived;
    public long RequestsReceived;
    public long QueriesStarted;

    /// <summary>Datagrams that are no message, or a reply that nobody waits for.</summary>
    public long DatagramsIgnored;

    /// <summary>Answers thrown away because too many waited to be sent.</summary>
    public long AnswersDropped;
}
