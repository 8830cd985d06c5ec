namespace RelayCluster.Relay.Sessions;

/// <summary>
/// The payload bytes of a session, of all its streams that are and were. Streams count on threads of their own.
/// </summary>
internal sealed class SessionTraffic
{
    private long _toPeers;
    private long _toClient;

    public long ToPeers => Interlocked.Read(ref _toPeers);

    public long ToClient => Interlocked.Read(ref _toClient);

    public void AddToPeers(int bytes) => Interlocked.Add(ref _toPeers, bytes);

    public void AddToClient(int bytes) => Interlocked.Add(ref _toClient, bytes);
}
