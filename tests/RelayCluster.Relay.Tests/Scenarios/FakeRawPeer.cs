using RelayCluster.Dht.Foreign;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Tests.Scenarios;

/// <summary>A peer whose handshake the relay's client has made: its messages mean nothing to the relay.</summary>
internal sealed class FakeRawPeer(Fixed32 publicKey, IForeignHandshake handshake) : FakePeer(publicKey), IForeignStream
{
    public override ReadOnlyMemory<byte> HandshakeHash => default;

    public IForeignHandshake Handshake => handshake;
}
