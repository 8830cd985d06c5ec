using System.Buffers;
using RelayCluster.Wire;

namespace RelayCluster.Crypto.SecretStreams;

/// <summary>
/// Cuts frames out of a byte stream. A frame that lies in one piece is given in place; one in several pieces, or not
/// yet whole, is gathered in a pooled buffer, and the pieces are consumed at once: a message may be far larger than
/// what the transport holds back. The buffer grows with what has come, never with what a length announces.
/// </summary>
internal sealed class FrameReader : IDisposable
{
    private const int NoFrame = -1;
    private const int FirstRoom = 64 * 1024;

    private PooledBuffer _gathered;
    private int _filled;
    private int _bodySize = NoFrame;

    /// <summary>Whether a frame was begun and is not whole.</summary>
    internal bool IsMidFrame => _bodySize != NoFrame;

    public void Dispose()
    {
        _gathered.Dispose();
        _gathered = default;
        _bodySize = NoFrame;
    }

    /// <summary>Takes the next frame off <paramref name="input"/>, or as much of it as is there.</summary>
    /// <exception cref="ProtocolException">It is longer than <paramref name="maxBodySize"/>.</exception>
    internal bool TryRead(ref ReadOnlySequence<byte> input, int maxBodySize, out Frame frame)
    {
        frame = default;
        if (_bodySize == NoFrame)
        {
            if (!TryReadPrefix(ref input, maxBodySize, out int bodySize))
            {
                return false;
            }

            if (input.FirstSpan.Length >= bodySize)
            {
                frame = new Frame(input.FirstSpan[..bodySize]);
                input = input.Slice(bodySize);
                return true;
            }

            _bodySize = bodySize;
            _filled = 0;
        }

        Gather(ref input);
        if (_filled < _bodySize)
        {
            return false;
        }

        frame = new Frame(_gathered);
        _gathered = default;
        _bodySize = NoFrame;
        return true;
    }

    private static bool TryReadPrefix(ref ReadOnlySequence<byte> input, int maxBodySize, out int bodySize)
    {
        bodySize = 0;
        if (input.Length < Frame.PrefixSize)
        {
            return false;
        }

        Span<byte> prefix = stackalloc byte[Frame.PrefixSize];
        input.Slice(0, Frame.PrefixSize).CopyTo(prefix);
        input = input.Slice(Frame.PrefixSize);
        bodySize = Frame.ReadPrefix(prefix);
        return bodySize <= maxBodySize
            ? true
            : throw new ProtocolException($"A frame of {bodySize} bytes, where at most {maxBodySize} are taken");
    }

    private void Gather(ref ReadOnlySequence<byte> input)
    {
        int count = (int)Math.Min(input.Length, _bodySize - _filled);
        Reserve(_filled + count);
        input.Slice(0, count).CopyTo(_gathered.Span[_filled..]);
        _filled += count;
        input = input.Slice(count);
    }

    private void Reserve(int needed)
    {
        if (needed <= _gathered.Length)
        {
            return;
        }

        int room = Math.Min(_bodySize, Math.Max(needed, Math.Max(FirstRoom, 2 * _gathered.Length)));
        PooledBuffer larger = PooledBuffer.Rent(room);
        _gathered.Span[.._filled].CopyTo(larger.Span);
        _gathered.Dispose();
        _gathered = larger;
    }
}
