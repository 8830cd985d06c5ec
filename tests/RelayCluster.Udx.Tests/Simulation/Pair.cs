using RelayCluster.Udx.Recovery;
using RelayCluster.Udx.Streams;
using Xunit.Sdk;

namespace RelayCluster.Udx.Tests.Simulation;

/// <summary>
/// Two machines and the network between them, on virtual time. Everything random comes from one seed, which a failure
/// prints.
/// </summary>
internal sealed class Pair
{
    private const int MaxTurns = 5_000_000;

    private readonly byte[] _buffer = new byte[2048];
    private readonly int _seed;

    public Pair(int seed = 1, UdxStreamOptions? optionsA = null, UdxStreamOptions? optionsB = null)
    {
        _seed = seed;
        var random = new Random(seed);
        A = new Side(optionsA);
        B = new Side(optionsB);
        AToB = new SimulatedLink(random);
        BToA = new SimulatedLink(random);
    }

    public Side A { get; }

    public Side B { get; }

    public SimulatedLink AToB { get; }

    public SimulatedLink BToA { get; }

    public TimeSpan Now { get; private set; }

    public LinkConditions Conditions
    {
        set => AToB.Conditions = BToA.Conditions = value;
    }

    public Pair Connect()
    {
        A.Machine.Connect(Now, 2);
        B.Machine.Connect(Now, 1);
        return this;
    }

    /// <summary>Lets time pass until the condition holds.</summary>
    public void RunUntil(Func<bool> condition, TimeSpan? limit = null)
    {
        TimeSpan end = Now + (limit ?? TimeSpan.FromMinutes(10));
        for (int turn = 0; turn < MaxTurns; turn++)
        {
            Settle();
            if (condition())
            {
                return;
            }

            TimeSpan? next = Earliest(AToB.Next, BToA.Next, A.Machine.NextTimeout, B.Machine.NextTimeout);
            if (next is null || next > end)
            {
                throw new XunitException($"nothing more happens by {end}, seed {_seed}: {Describe(A)}; {Describe(B)}");
            }

            Now = next.Value > Now ? next.Value : Now;
        }

        throw new XunitException($"too many turns, seed {_seed}: {Describe(A)}; {Describe(B)}");
    }

    /// <summary>Lets a span of time pass.</summary>
    public void RunFor(TimeSpan span)
    {
        TimeSpan end = Now + span;
        for (int turn = 0; turn < MaxTurns; turn++)
        {
            Settle();
            TimeSpan? next = Earliest(AToB.Next, BToA.Next, A.Machine.NextTimeout, B.Machine.NextTimeout);
            if (next is null || next > end)
            {
                Now = end;
                return;
            }

            Now = next.Value > Now ? next.Value : Now;
        }

        throw new XunitException($"too many turns, seed {_seed}: {Describe(A)}; {Describe(B)}");
    }

    private static TimeSpan? Earliest(params ReadOnlySpan<TimeSpan?> instants)
    {
        TimeSpan? earliest = null;
        foreach (TimeSpan? instant in instants)
        {
            earliest = instant < earliest ? instant : earliest ?? instant;
        }

        return earliest;
    }

    private static string Describe(Side side) =>
        $"read {side.Received.WrittenCount}, ended {side.HasReadEnd}, outcome {side.Machine.Outcome}, " +
        $"in flight {side.Machine.PacketsInFlight}, window {side.Machine.WindowPackets}, " +
        $"next {side.Machine.NextTimeout}";

    private void Settle()
    {
        while (AToB.TryReceive(Now, out byte[] datagram))
        {
            B.Machine.HandleDatagram(Now, datagram);
        }

        while (BToA.TryReceive(Now, out byte[] datagram))
        {
            A.Machine.HandleDatagram(Now, datagram);
        }

        Turn(A, AToB);
        Turn(B, BToA);
    }

    private void Turn(Side side, SimulatedLink link)
    {
        if (side.Machine.NextTimeout <= Now)
        {
            side.Machine.HandleTimeout(Now);
        }

        side.Machine.FlushInput();
        side.RunApplication(Now);
        while (side.Machine.TryWriteDatagram(Now, _buffer, out int length))
        {
            Assert.InRange(length, 1, MtuProber.MaxMtu - MtuProber.NetworkHeaderBytes);
            link.Send(Now, _buffer.AsSpan(0, length));
            side.RunApplication(Now);
        }
    }
}
