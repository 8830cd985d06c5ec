using System.Net;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using RelayCluster.Dht;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Tests.Lookups;

/// <summary>A query that the test answers.</summary>
internal sealed class FakeQuery(Fixed32 topic)
{
    private readonly Channel<LookupReply> _replies = Channel.CreateUnbounded<LookupReply>();
    private int _taken;
    private volatile bool _isOver;

    public Fixed32 Topic => topic;

    /// <summary>How many replies were asked for, of those that there were.</summary>
    public int Taken => Volatile.Read(ref _taken);

    /// <summary>Whether the asker has left, for whatever reason.</summary>
    public bool IsOver
    {
        get => _isOver;
        set => _isOver = value;
    }

    /// <summary>A topic, a token, an id or a public key that is told by its number.</summary>
    public static Fixed32 Key(int number)
    {
        Span<byte> bytes = stackalloc byte[Fixed32.Size];
        BitConverter.TryWriteBytes(bytes, number + 1);
        return new Fixed32(bytes);
    }

    public static LookupReply Reply(int number, int peers = 1) => new(
        Key(number),
        new DhtNodeAddress(Key(100 + number), new IPEndPoint(IPAddress.Loopback, 1000 + number)),
        new DhtNodeAddress(null, new IPEndPoint(IPAddress.Loopback, 2000)),
        [.. Enumerable.Range(0, peers).Select(static i => new DhtPeer(Key(i), []))]);

    /// <summary>Nodes answer, with the numbers <paramref name="from"/> and up.</summary>
    public void Answer(int from, int count = 1, int peers = 1)
    {
        foreach (int number in Enumerable.Range(from, count))
        {
            _replies.Writer.TryWrite(Reply(number, peers));
        }
    }

    public void End() => _replies.Writer.Complete();

    public void Fail() => _replies.Writer.Complete(new DhtException(DhtError.RequestTimeout));

    public async IAsyncEnumerable<LookupReply> ReadAllAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (LookupReply reply in _replies.Reader.ReadAllAsync(cancellationToken))
        {
            Interlocked.Increment(ref _taken);
            yield return reply;
        }
    }
}
