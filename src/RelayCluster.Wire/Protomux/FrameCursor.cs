namespace RelayCluster.Wire.Protomux;

/// <summary>
/// Walks through the messages of one frame without taking it apart first, so that a frame of millions of tiny entries
/// costs no more memory than its bytes.
/// <code>
/// generation 3
///   single    uint channel, uint type, payload to the end of the frame
///   batch     0, 0, uint channel, then entries to the end of the frame:
///               uint length, then uint type and payload in that many bytes
///               0, uint channel: the entries behind it are of that channel
/// generation 2
///   single    uint type, payload to the end of the frame
///   batch     0, then entries to the end of the frame:
///               uint length, then uint type and payload in that many bytes
/// </code>
/// Control messages are messages of channel 0, and generation 2 has no other: it is read as if its frames named that
/// channel. A last length that points past the frame is cut to it, as the reference does. A batch within a batch, which
/// no implementation writes, is refused.
/// </summary>
/// <remarks>
/// The reference of generation 2 does not skip by the length, and lets a message reach a byte too far; neither shows
/// with messages that know their own length, so it is not copied here.
/// </remarks>
internal struct FrameCursor(MuxGeneration generation)
{
    private readonly bool _hasChannels = generation == MuxGeneration.Third;

    private ReadOnlyMemory<byte> _frame;
    private int _position;
    private ulong _batchChannel;

    /// <summary>Whether the frame is a batch, of which something is left to read.</summary>
    public bool IsInBatch { get; private set; }

    /// <summary>Whether the whole frame is read.</summary>
    public readonly bool IsAtEnd => _position >= _frame.Length;

    /// <summary>Behind the entry that was read last.</summary>
    public readonly int Position => _position;

    /// <summary>The frame; empty when there is none.</summary>
    public readonly ReadOnlyMemory<byte> Frame => _frame;

    /// <summary>Starts on the next frame.</summary>
    public void Begin(ReadOnlyMemory<byte> frame)
    {
        _frame = frame;
        _position = 0;
        IsInBatch = false;
    }

    /// <summary>The next message; false at the end of the frame.</summary>
    /// <exception cref="ProtocolException">The frame is malformed.</exception>
    public bool TryRead(out FrameEntry entry)
    {
        if (!IsInBatch && !IsAtEnd)
        {
            var reader = new CompactReader(_frame.Span);
            ulong channel = ReadChannel(ref reader);
            ulong type = reader.ReadUInt();
            if (channel != ControlMessage.Channel || type != ControlMessage.Batch)
            {
                _position = _frame.Length;
                entry = new FrameEntry(channel, type, reader.Position, reader.Remaining);
                return true;
            }

            _batchChannel = ReadChannel(ref reader);
            _position = reader.Position;
            IsInBatch = true;
        }

        return TryReadBatched(out entry);
    }

    private readonly ulong ReadChannel(ref CompactReader reader) =>
        _hasChannels ? reader.ReadUInt() : ControlMessage.Channel;

    private bool TryReadBatched(out FrameEntry entry)
    {
        while (!IsAtEnd)
        {
            var reader = new CompactReader(_frame.Span[_position..]);
            ulong length = reader.ReadUInt();
            if (length == 0 && _hasChannels)
            {
                _batchChannel = reader.ReadUInt();
                _position += reader.Position;
                continue;
            }

            int start = _position + reader.Position;
            int end = start + (int)Math.Min(length, (ulong)reader.Remaining);
            reader = new CompactReader(_frame.Span[start..end]);
            ulong type = reader.ReadUInt();
            if (_batchChannel == ControlMessage.Channel && type == ControlMessage.Batch)
            {
                throw new ProtocolException("a Protomux batch lies within another");
            }

            _position = end;
            entry = new FrameEntry(_batchChannel, type, start + reader.Position, reader.Remaining);
            return true;
        }

        IsInBatch = false;
        entry = default;
        return false;
    }
}
