using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Routing;

/// <summary>A server of this process, as the <see cref="Router"/> knows it. Called on the node's loop.</summary>
internal interface ILocalServer
{
    /// <summary>The hash of its public key.</summary>
    Fixed32 Target { get; }

    /// <summary>Its encoded record, for those who look for it at this node.</summary>
    byte[] Record { get; }

    /// <summary>A client shakes hands. The answer is given through the question, now or later.</summary>
    void HandleHandshake(TimeSpan now, HandshakeQuestion question);
}
