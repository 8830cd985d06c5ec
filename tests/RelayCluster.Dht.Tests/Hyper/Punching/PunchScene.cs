using System.Collections.Concurrent;
using RelayCluster.Actors.TestKit;
using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Dht.Hyper.Punching;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Hyper.Punching;

/// <summary>One side of a hole punching, on virtual time, whose rounds and probes the test gets to see.</summary>
internal sealed class PunchScene : IPunchNetwork
{
    public static readonly UdpEndPoint ClientAddress = UdpEndPoint.Parse("5.5.5.5:5");
    public static readonly UdpEndPoint ServerAddress = UdpEndPoint.Parse("6.6.6.6:6");
    public static readonly Fixed32 Secret = new(Enumerable.Repeat((byte)3, Fixed32.Size).ToArray());
    public static readonly Fixed32 Token = new(Enumerable.Repeat((byte)4, Fixed32.Size).ToArray());

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    public event Action<UdpEndPoint>? Probed;

    public VirtualClock Clock { get; } = new();

    /// <summary>The probes that were sent.</summary>
    public ConcurrentQueue<UdpEndPoint> Probes { get; } = new();

    /// <summary>The rounds that the client sent: what they say, to whom, and through whom.</summary>
    public List<(HolepunchPayload Payload, UdpEndPoint Server, UdpEndPoint Through)> Rounds { get; } = [];

    /// <summary>What a round is answered.</summary>
    public Func<HolepunchPayload, HolepunchPayload> Answer { get; set; } = static _ => new HolepunchPayload();

    /// <summary>Where the node that answers a round sees the server.</summary>
    public UdpEndPoint SeenAt { get; set; } = ServerAddress;

    /// <summary>What seals and opens the other side's payloads.</summary>
    public PayloadSeal Seal { get; } = new(Secret, Token);

    /// <summary>What each probe does.</summary>
    public Action<UdpEndPoint> OnProbe { get; set; } = static _ => { };

    public void SendProbe(UdpEndPoint to)
    {
        Probes.Enqueue(to);
        OnProbe(to);
    }

    /// <summary>A probe of the other side comes in.</summary>
    public void Receive(UdpEndPoint from) => Probed?.Invoke(from);

    public Task<PunchReply> PunchAsync(
        Fixed32 target,
        ulong id,
        byte[] payload,
        UdpEndPoint server,
        UdpEndPoint through,
        CancellationToken cancellationToken)
    {
        HolepunchPayload ours = Seal.Open(payload)!;
        Rounds.Add((ours, server, through));
        return Task.FromResult(new PunchReply(Seal.Seal(Answer(ours)), SeenAt));
    }

    /// <summary>
    /// Lets time pass, timer by timer, until something holds. There is one timer at a time; one that is due later than
    /// <paramref name="longest"/> is about to be taken back, and waited out.
    /// </summary>
    public async Task RunUntilAsync(Func<bool> condition, TimeSpan? longest = null)
    {
        using var limit = new CancellationTokenSource(Deadline);
        while (!condition())
        {
            limit.Token.ThrowIfCancellationRequested();

            // The timer is looked at first: what was done before it was armed can then be seen, and may be enough.
            if (Clock.UntilNextTimer is { } next && next <= (longest ?? TimeSpan.MaxValue) && !condition())
            {
                Clock.Advance(next);
            }

            await Task.Yield();
        }
    }
}
