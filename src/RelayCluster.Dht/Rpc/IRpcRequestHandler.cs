namespace RelayCluster.Dht.Rpc;

/// <summary>The layer above: it answers the requests whose commands the Kademlia layer does not know.</summary>
internal interface IRpcRequestHandler
{
    /// <summary>
    /// Takes a request: called on the node's loop, so it must neither block nor throw. It may answer at once, later
    /// from any thread, or never. False if the command is unknown, which the node then tells the sender.
    /// </summary>
    bool TryHandleRequest(IncomingRequest request);
}
