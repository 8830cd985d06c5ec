namespace RelayCluster.Wire.Protomux;

/// <summary>
/// Protomux, generation 3: many channels over one ordered stream of frames. A pure state machine: frames in, frames and
/// events out.
/// </summary>
/// <remarks>
/// <para>
/// Each side numbers its own channels from 1 and sends under its own numbers. A channel is open when both sides have
/// sent an open with the same protocol name and id; which came first does not matter, and several channels of one name
/// pair in their order:
/// </para>
/// <code>
///             Open()                    the other side's open
///   (none) ----------> opened here ----------------------------> paired
///      |                    |  reject                              |
///      | open, paired name  +------> closed                        | close by either side
///      +----------> requested ----- Open() ----------------------> paired --> closed
///                       | Reject(), or its close
///                       +------> gone
/// </code>
/// <para>
/// An open that nobody here waits for is rejected at once, unless <see cref="Pair(string)"/> named the protocol; then
/// the owner is asked, and may take its time. A local id is free for the next channel when the other side cannot
/// confuse the two: at once if the channel was paired, else when the open has been answered.
/// </para>
/// <para>
/// The owner hands in a frame, reads events until there are none, and only then lets go of the frame's memory: payloads
/// are not copied. It takes the frames that go out whenever it likes. Frames are read no faster than events are taken,
/// so an owner that stops reading stops everything: that is the back-pressure.
/// </para>
/// <para>
/// What the other side can make this one hold is bounded by <see cref="MuxOptions"/>; who goes beyond it, or sends what
/// cannot be read, gets a <see cref="ProtocolException"/>, after which only <see cref="Destroy"/> is of use. Messages
/// for channels and of types that are not there are dropped without a word: a channel that closes has messages under
/// way. Source: npm <c>protomux</c> 3.12.
/// </para>
/// </remarks>
public sealed class Mux : FrameMux<MuxEvent>
{
    private readonly int _maxNameBytes;
    private readonly LocalChannels _local = new();
    private readonly RemoteChannels _remote;
    private readonly RequestBacklog _backlog;
    private readonly ChannelGroups _groups = new();
    private readonly HashSet<ChannelKey> _paired = [];
    private readonly HashSet<string> _pairedProtocols = new(StringComparer.Ordinal);

    /// <summary>A muxer without channels.</summary>
    public Mux(MuxOptions? options = null)
        : base(MuxGeneration.Third, options ??= new MuxOptions())
    {
        _maxNameBytes = options.MaxNameBytes;
        _remote = new RemoteChannels(options.MaxRemoteChannels);
        _backlog = new RequestBacklog(options.MaxPendingRequests, options.MaxPendingBytes);
    }

    /// <summary>
    /// Whether the frame being read is a batch that is not at its end; who corks meanwhile answers it with one batch.
    /// </summary>
    public bool IsReadingBatch => _input.IsInBatch;

    /// <inheritdoc/>
    public override bool TryReadEvent(out MuxEvent told)
    {
        while (_events.TryDequeue(out told))
        {
            if (told.Kind == MuxEventKind.Closed || told.Channel is not { IsClosed: true })
            {
                return true;
            }
        }

        // what is rejected on the way through a batch goes out as one
        bool isCorked = false;
        try
        {
            while (_input.TryRead(out FrameEntry entry))
            {
                if (!isCorked && _input.IsInBatch)
                {
                    _output.Cork();
                    isCorked = true;
                }

                if (TryHandle(entry, out told))
                {
                    return true;
                }
            }
        }
        finally
        {
            if (isCorked)
            {
                _output.Uncork();
            }
        }

        _input.Begin(default);
        return false;
    }

    /// <summary>
    /// Opens a channel on this side: pairs with the first such request of the other side, or waits for it to come. Null
    /// if it is unique and already there.
    /// </summary>
    public MuxChannel? Open(MuxChannelOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ChannelGroup group = _groups.Join(options);
        if (options.IsUnique && group.OpenChannels > 0)
        {
            return null;
        }

        var channel = new MuxChannel(this, options, group, _local.TakeId());
        _local.Add(channel);
        group.OpenChannels++;
        SendOpen(channel);
        if (group.Incoming.Count == 0)
        {
            group.Outgoing.Add(channel);
            return channel;
        }

        MuxOpenRequest request = group.Incoming[0];
        Answer(request);
        PairUp(channel, request.Remote);
        _events.Enqueue(new MuxEvent
        {
            Kind = MuxEventKind.Opened,
            Channel = channel,
            Payload = request.Handshake,
            FrameOffset = MuxEvent.NotInFrame,
        });
        foreach ((ulong type, byte[] payload) in request.Messages)
        {
            if (TryTell(channel, type, payload, MuxEvent.NotInFrame, out MuxEvent message))
            {
                _events.Enqueue(message);
            }
        }

        return channel;
    }

    /// <summary>Asks to be told when the other side opens a channel of this protocol, with any id.</summary>
    public void Pair(string protocol) => _pairedProtocols.Add(protocol);

    /// <summary>Asks to be told when the other side opens a channel of this protocol and id.</summary>
    public void Pair(string protocol, ReadOnlySpan<byte> id) => _paired.Add(ChannelKey.Of(protocol, id));

    /// <summary>Takes <see cref="Pair(string)"/> back; requests that are waiting go on waiting.</summary>
    public void Unpair(string protocol) => _pairedProtocols.Remove(protocol);

    /// <summary>Turns a request down. Nothing happens if it was answered, or withdrawn.</summary>
    public void Reject(MuxOpenRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.IsPending)
        {
            Answer(request);
            _remote.Remove(request.Remote.Id);
            SendControl(ControlMessage.Reject, request.Remote.Id);
        }
    }

    /// <inheritdoc/>
    public override void Destroy()
    {
        _input.Begin(default);
        _events.Clear();
        foreach (MuxChannel channel in _local.Unclosed)
        {
            channel.IsClosed = true;
            _events.Enqueue(new MuxEvent { Kind = MuxEventKind.Closed, Channel = channel });
        }

        _local.Clear();
        _remote.Clear();
        _groups.Clear();
        _output.Clear();
    }

    internal Span<byte> BeginMessage(MuxChannel channel, int type, int length) =>
        _output.Begin(channel.LocalId, (ulong)type, length);

    internal void Close(MuxChannel channel)
    {
        if (!channel.IsClosed)
        {
            SendControl(ControlMessage.Close, channel.LocalId);
            MarkClosed(channel);
        }
    }

    private bool TryHandle(FrameEntry entry, out MuxEvent next)
    {
        if (entry.Channel == ControlMessage.Channel)
        {
            return TryHandleControl(entry, out next);
        }

        next = default;
        if (_remote.Find(entry.Channel) is not { } remote)
        {
            return false;
        }

        ReadOnlyMemory<byte> payload = _input.Frame.Slice(entry.Offset, entry.Length);
        if (remote.Channel is not { } channel)
        {
            _backlog.Keep(remote.Request!, entry.Type, payload.Span);
            return false;
        }

        return TryTell(channel, entry.Type, payload, entry.Offset, out next);
    }

    private bool TryHandleControl(FrameEntry entry, out MuxEvent next)
    {
        next = default;
        var reader = new CompactReader(_input.Frame.Span.Slice(entry.Offset, entry.Length));
        switch (entry.Type)
        {
            case ControlMessage.Open:
                ulong remoteId = reader.ReadUInt();
                string protocol = reader.ReadString(_maxNameBytes);
                ReadOnlySpan<byte> id = reader.ReadBuffer(_maxNameBytes);
                return TryHandleOpen(remoteId, protocol, id, entry.Offset + reader.Position, out next);
            case ControlMessage.Reject:
                return TryHandleReject(reader.ReadUInt(), out next);
            case ControlMessage.Close:
                return TryHandleClose(reader.ReadUInt(), out next);
            default:
                return false;
        }
    }

    private bool TryHandleOpen(
        ulong remoteId, string protocol, ReadOnlySpan<byte> id, int handshakeOffset, out MuxEvent next)
    {
        RemoteChannel remote = _remote.Create(remoteId);
        ChannelKey key = ChannelKey.Of(protocol, id);
        ReadOnlyMemory<byte> handshake = CurrentEntryFrom(handshakeOffset);
        next = default;
        if (_groups.TryGet(key, out ChannelGroup? group) && group.Outgoing.Count > 0)
        {
            MuxChannel channel = group.Outgoing[0];
            group.Outgoing.RemoveAt(0);
            if (channel.IsClosed)
            {
                // our close crossed this open, and closes it there too
                _local.Release(channel);
                _groups.Collect(group);
                return false;
            }

            PairUp(channel, remote);
            next = new MuxEvent
            {
                Kind = MuxEventKind.Opened,
                Channel = channel,
                Payload = handshake,
                FrameOffset = handshakeOffset,
            };
            return true;
        }

        if (!_pairedProtocols.Contains(protocol) && !_paired.Contains(key))
        {
            SendControl(ControlMessage.Reject, remoteId);
            return false;
        }

        var request = new MuxOpenRequest(remote, key, id.ToArray(), handshake.ToArray());
        Await(request);
        next = new MuxEvent { Kind = MuxEventKind.OpenRequested, Request = request };
        return true;
    }

    private bool TryHandleReject(ulong localId, out MuxEvent next)
    {
        next = default;
        if (_local.Find(localId) is not { IsOpen: false } channel)
        {
            throw new ProtocolException($"a reject names channel {localId}, which awaits no answer");
        }

        channel.Group.Outgoing.Remove(channel);
        _local.Release(channel);
        if (channel.IsClosed)
        {
            _groups.Collect(channel.Group);
            return false;
        }

        MarkClosed(channel);
        next = new MuxEvent { Kind = MuxEventKind.Closed, Channel = channel };
        return true;
    }

    private bool TryHandleClose(ulong remoteId, out MuxEvent next)
    {
        next = default;
        RemoteChannel? remote = _remote.Find(remoteId);
        if (remote?.Request is { } request)
        {
            Answer(request);
            _remote.Remove(remoteId);
        }

        if (remote?.Channel is not { } channel)
        {
            return false;
        }

        MarkClosed(channel);
        next = new MuxEvent { Kind = MuxEventKind.Closed, Channel = channel };
        return true;
    }

    private static bool TryTell(
        MuxChannel channel, ulong type, ReadOnlyMemory<byte> payload, int frameOffset, out MuxEvent next)
    {
        if (type >= (ulong)channel.Options.MessageTypes)
        {
            next = default;
            return false;
        }

        next = new MuxEvent
        {
            Kind = MuxEventKind.Message,
            Channel = channel,
            Type = (int)type,
            Payload = payload,
            FrameOffset = frameOffset,
        };
        return true;
    }

    private void PairUp(MuxChannel channel, RemoteChannel remote)
    {
        remote.Request = null;
        remote.Channel = channel;
        channel.Remote = remote;
        _remote.Add(remote);
    }

    private void MarkClosed(MuxChannel channel)
    {
        channel.IsClosed = true;
        channel.Group.OpenChannels--;
        if (channel.Remote is { } remote)
        {
            _remote.Remove(remote.Id);
            channel.Remote = null;
            _local.Release(channel);
        }

        _groups.Collect(channel.Group);
    }

    private void Await(MuxOpenRequest request)
    {
        _backlog.Add(request);
        request.Remote.Request = request;
        _remote.Add(request.Remote);
        _groups.GetOrAdd(request.Key).Incoming.Add(request);
    }

    // accepted, rejected or withdrawn: it waits no longer
    private void Answer(MuxOpenRequest request)
    {
        request.IsPending = false;
        _backlog.Remove(request);
        ChannelGroup group = _groups[request.Key];
        group.Incoming.Remove(request);
        _groups.Collect(group);
    }

    // the entry being read ends where the cursor stands
    private ReadOnlyMemory<byte> CurrentEntryFrom(int offset) => _input.Frame[offset.._input.Position];

    private void SendOpen(MuxChannel channel)
    {
        MuxChannelOptions options = channel.Options;
        int length = CompactSize.UInt(channel.LocalId)
            + CompactSize.String(options.Protocol)
            + CompactSize.Buffer(options.Id.Length)
            + options.Handshake.Length;
        var writer = new CompactWriter(_output.Begin(ControlMessage.Channel, ControlMessage.Open, length));
        writer.WriteUInt(channel.LocalId);
        writer.WriteString(options.Protocol);
        writer.WriteBuffer(options.Id.Span);
        writer.WriteRaw(options.Handshake.Span);
    }

    private void SendControl(ulong type, ulong id)
    {
        var writer = new CompactWriter(_output.Begin(ControlMessage.Channel, type, CompactSize.UInt(id)));
        writer.WriteUInt(id);
    }
}
