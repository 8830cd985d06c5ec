using System.Runtime.CompilerServices;
using System.Threading.Channels;
using RelayCluster.Dht.Hyper.Connecting;
using RelayCluster.Dht.Hyper.Punching;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Hyper.Connecting;

/// <summary>A network whose query and answers the test gives by hand.</summary>
internal sealed class FakeNetwork : IPeerNetwork
{
    private readonly Channel<UdpEndPoint> _found = Channel.CreateUnbounded<UdpEndPoint>();
    private readonly Channel<(UdpEndPoint Through, TaskCompletionSource<HandshakeReply> Reply)> _asked =
        Channel.CreateUnbounded<(UdpEndPoint, TaskCompletionSource<HandshakeReply>)>();

    /// <summary>Nobody probes here.</summary>
    public event Action<UdpEndPoint>? Probed
    {
        add { }
        remove { }
    }

    /// <summary>Handshakes under way.</summary>
    public int UnderWay;

    /// <summary>The most of them at once.</summary>
    public int MostUnderWay;

    /// <summary>Whether the query is still running.</summary>
    public bool IsQueryRunning { get; private set; }

    /// <summary>The Noise messages that were sent.</summary>
    public List<byte[]> Sent { get; } = [];

    public void Find(string endPoint) => _found.Writer.TryWrite(UdpEndPoint.Parse(endPoint));

    public void FinishQuery() => _found.Writer.Complete();

    /// <summary>The next handshake that was sent.</summary>
    public ValueTask<(UdpEndPoint Through, TaskCompletionSource<HandshakeReply> Reply)> NextAsync() =>
        _asked.Reader.ReadAsync();

    public async IAsyncEnumerable<UdpEndPoint> FindRelaysAsync(
        Fixed32 target,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IsQueryRunning = true;
        try
        {
            await foreach (UdpEndPoint found in _found.Reader.ReadAllAsync(cancellationToken))
            {
                yield return found;
            }
        }
        finally
        {
            IsQueryRunning = false;
        }
    }

    public async Task<HandshakeReply> ShakeHandsAsync(
        Fixed32 target,
        ReadOnlyMemory<byte> noise,
        UdpEndPoint through,
        CancellationToken cancellationToken)
    {
        var reply = new TaskCompletionSource<HandshakeReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        Sent.Add(noise.ToArray());
        UnderWay++;
        MostUnderWay = Math.Max(UnderWay, MostUnderWay);
        _asked.Writer.TryWrite((through, reply));
        try
        {
            return await reply.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref UnderWay);
        }
    }

    public Task<bool> IsThereAsync(UdpEndPoint endPoint, CancellationToken cancellationToken) =>
        Task.FromResult(false);

    public void SendProbe(UdpEndPoint to)
    {
    }

    public Task<PunchReply> PunchAsync(
        Fixed32 target,
        ulong id,
        byte[] payload,
        UdpEndPoint server,
        UdpEndPoint through,
        CancellationToken cancellationToken) => throw new DhtException(DhtError.RequestTimeout);
}
