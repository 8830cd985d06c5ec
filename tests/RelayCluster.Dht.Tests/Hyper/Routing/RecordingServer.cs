using RelayCluster.Dht.Hyper.Routing;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Hyper.Routing;

/// <summary>A server that keeps what it is asked.</summary>
internal sealed class RecordingServer(Fixed32 target) : ILocalServer
{
    public Fixed32 Target => target;

    public byte[] Record { get; } = [4, 4];

    public List<HandshakeQuestion> Questions { get; } = [];

    public List<(ulong Id, byte[] Payload, UdpEndPoint Client, UdpEndPoint Relay)> Rounds { get; } = [];

    public byte[]? RoundAnswer { get; set; }

    public void HandleHandshake(TimeSpan now, HandshakeQuestion question) => Questions.Add(question);

    public byte[]? HandleHolepunch(ulong id, ReadOnlySpan<byte> payload, UdpEndPoint client, UdpEndPoint relay)
    {
        Rounds.Add((id, payload.ToArray(), client, relay));
        return RoundAnswer;
    }
}
