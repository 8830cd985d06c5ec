using RelayCluster.Dht.Hyper.Punching;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Hyper.Punching;

/// <summary>
/// A NAT with one outside port for whatever its side sends, that lets in only from where its side has sent to.
/// </summary>
internal sealed class Nat(UdpEndPoint outside) : IPunchNetwork
{
    private readonly HashSet<UdpEndPoint> _open = [];

    public event Action<UdpEndPoint>? Probed;

    /// <summary>The NAT of the other side.</summary>
    public Nat? Other { get; set; }

    public UdpEndPoint Outside => outside;

    /// <summary>What the server's NAT hands to its side of a round: the payload, and where the client is.</summary>
    public Func<byte[], byte[]?> Rounds { get; init; } = static _ => null;

    public bool IsOpenFor(Nat other) => _open.Contains(other.Outside);

    public void SendProbe(UdpEndPoint to)
    {
        _open.Add(to);
        if (to == Other!.Outside && Other.IsOpenFor(this))
        {
            Other.Probed?.Invoke(outside);
        }
    }

    public Task<PunchReply> PunchAsync(
        Fixed32 target,
        ulong id,
        byte[] payload,
        UdpEndPoint server,
        UdpEndPoint through,
        CancellationToken cancellationToken) => Other!.Rounds(payload) is { } answer
            ? Task.FromResult(new PunchReply(answer, Other.Outside))
            : throw new DhtException(DhtError.RequestTimeout);
}
