using RelayCluster.Wire;

namespace RelayCluster.Dht.Foreign;

/// <summary>Somebody whose secret key is elsewhere, as handshakes see him. Used from any thread.</summary>
public interface IForeignIdentity
{
    /// <summary>The key that he proves to have.</summary>
    Fixed32 PublicKey { get; }

    /// <summary>
    /// Begins a handshake: in the role of the initiator where it was given to a connect, else in the one of the
    /// responder. One connect may begin several, one after the other: an answer that does not fit has spoiled the one
    /// before.
    /// </summary>
    IForeignHandshake BeginHandshake();
}
