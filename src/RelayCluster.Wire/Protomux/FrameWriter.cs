using System.Diagnostics;

namespace RelayCluster.Wire.Protomux;

/// <summary>
/// Lays out messages as frames, as <see cref="FrameCursor"/> has them: each its own while uncorked, all in one batch
/// while corked. Every message is written once, where it goes out from: the caller asks for its place, and fills it
/// before it asks for anything else. In generation 2 every message is of channel 0, which is not written.
/// </summary>
internal sealed class FrameWriter(MuxGeneration generation, int maxBatchBytes)
{
    // beyond this the few bytes that a batch saves are not worth growing its buffer for
    private const int MaxBatchedMessageBytes = 16 * 1024;
    private const int InitialBatchBytes = 1024;
    private const int MaxVarIntSize = 9;

    private readonly bool _hasChannels = generation == MuxGeneration.Third;
    private readonly Queue<PooledBuffer> _frames = new();
    private int _corks;
    private PooledBuffer _batch;
    private int _batchLength;
    private ulong _batchChannel;

    /// <summary>Bytes in frames that nobody took yet, and in the open batch.</summary>
    public int BufferedBytes { get; private set; }

    /// <summary>Whether messages are gathered to a batch.</summary>
    public bool IsCorked => _corks > 0;

    /// <summary>The place for the payload of a message.</summary>
    public Span<byte> Begin(ulong channel, ulong type, int payloadLength)
    {
        int typeSize = CompactSize.UInt(type);
        if (IsCorked && payloadLength <= MaxBatchedMessageBytes)
        {
            return BeginBatched(channel, type, typeSize + payloadLength);
        }

        FlushBatch();
        int channelSize = _hasChannels ? CompactSize.UInt(channel) : 0;
        PooledBuffer frame = PooledBuffer.Rent(channelSize + typeSize + payloadLength);
        Enqueue(frame);
        var writer = new CompactWriter(frame.Span);
        WriteChannel(ref writer, channel);
        writer.WriteUInt(type);
        Span<byte> payload = writer.Take(payloadLength);
        Debug.Assert(writer.Remaining == 0, "a message fills its frame");
        return payload;
    }

    /// <summary>Gathers what follows; corks nest.</summary>
    public void Cork() => _corks++;

    /// <summary>Ends one cork; the last one closes the batch.</summary>
    public void Uncork()
    {
        if (_corks == 0)
        {
            throw new InvalidOperationException("the muxer is not corked");
        }

        _corks--;
        if (_corks == 0)
        {
            FlushBatch();
        }
    }

    /// <summary>The next frame to send, which the caller then owns.</summary>
    public bool TryTake(out PooledBuffer frame)
    {
        if (!_frames.TryDequeue(out frame))
        {
            return false;
        }

        BufferedBytes -= frame.Length;
        return true;
    }

    /// <summary>Gives all buffers back.</summary>
    public void Clear()
    {
        _batch.Dispose();
        _batch = default;
        _batchLength = 0;
        while (_frames.TryDequeue(out PooledBuffer frame))
        {
            frame.Dispose();
        }

        BufferedBytes = 0;
    }

    private Span<byte> BeginBatched(ulong channel, ulong type, int entryLength)
    {
        if (_batchLength > 0 && _batchLength + entryLength > maxBatchBytes)
        {
            FlushBatch();
        }

        Reserve(entryLength + (3 * MaxVarIntSize));
        var writer = new CompactWriter(_batch.Span[_batchLength..]);
        if (_batchLength == 0)
        {
            WriteChannel(ref writer, ControlMessage.Channel);
            writer.WriteUInt(ControlMessage.Batch);
            WriteChannel(ref writer, channel);
        }
        else if (channel != _batchChannel)
        {
            writer.WriteUInt(0);
            writer.WriteUInt(channel);
        }

        _batchChannel = channel;
        writer.WriteUInt((ulong)entryLength);
        writer.WriteUInt(type);
        Span<byte> payload = writer.Take(entryLength - CompactSize.UInt(type));
        _batchLength += writer.Position;
        BufferedBytes += writer.Position;
        return payload;
    }

    private void WriteChannel(ref CompactWriter writer, ulong channel)
    {
        if (_hasChannels)
        {
            writer.WriteUInt(channel);
        }
    }

    private void Reserve(int length)
    {
        int needed = _batchLength + length;
        if (needed <= _batch.Length)
        {
            return;
        }

        PooledBuffer larger = PooledBuffer.Rent(Math.Max(Math.Max(needed, 2 * _batch.Length), InitialBatchBytes));
        _batch.Span[.._batchLength].CopyTo(larger.Span);
        _batch.Dispose();
        _batch = larger;
    }

    private void FlushBatch()
    {
        if (_batchLength == 0)
        {
            return;
        }

        _frames.Enqueue(_batch.Slice(0, _batchLength));
        _batch = default;
        _batchLength = 0;
    }

    private void Enqueue(PooledBuffer frame)
    {
        _frames.Enqueue(frame);
        BufferedBytes += frame.Length;
    }
}
