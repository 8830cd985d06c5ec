using System.Buffers;
using RelayCluster.Crypto.SecretStreams;
using RelayCluster.Wire;

namespace RelayCluster.Crypto.Tests.SecretStreams;

/// <summary>Feeds a receiver as a pipe would: what it left over comes again before the next chunk.</summary>
internal sealed class FeedingReceiver(SecretStreamReceiver receiver) : IDisposable
{
    private byte[] _rest = [];

    internal List<byte[]> Messages { get; } = [];

    public void Dispose() => receiver.Dispose();

    internal void Feed(byte[] chunk)
    {
        ReadOnlySequence<byte> input = _rest.Length == 0 ? new(chunk) : ByteSequence.Of(_rest, chunk);
        while (receiver.TryReadMessage(ref input, out PooledBuffer message))
        {
            Messages.Add(message.Span.ToArray());
            message.Dispose();
        }

        _rest = input.ToArray();
        Assert.True(_rest.Length < 3, "what can be taken is taken");
    }

    internal void End() => receiver.HandleEnd(new ReadOnlySequence<byte>(_rest));
}
