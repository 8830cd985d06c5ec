namespace RelayCluster.Wire.Protomux.Generation2;

/// <summary>
/// Protomux, generation 2: many protocols over one ordered stream of frames. A pure state machine like
/// <see cref="Mux"/>, and driven like it: frames in, frames and events out.
/// </summary>
/// <remarks>
/// <para>
/// There are no channels yet, and no ids: the messages of all protocols of a side share one row of numbers. The first
/// four are the muxer's own; a protocol that is added takes the next as many as it has message types, and tells the
/// other side where they begin. A number that was taken is never used again.
/// </para>
/// <code>
///   0 1 2 3 | 4 5 6 ... 31 | 32 33 | ...
///   control |   28 types   |   2   |
///             offset 4       offset 32
/// </code>
/// <para>
/// A protocol is open when both sides have added its name with the same major version, whichever came first. Each side
/// closes its own half. The other side's half may close and be added again, with other numbers, while ours stays:
/// </para>
/// <code>
///             Add()                the other side's add
///   (none) ----------> added here -----------------------> open
///      |                    ^   |  reject                    |
///      | add, paired name   |   +------> told as closed      |
///      +----------> requested            other side's close  |
///                           +--------------------------------+
/// </code>
/// <para>
/// An add of what is not there is rejected at once, unless <see cref="Pair"/> named the protocol; then the owner is
/// asked. The reference keeps up to 128 of those without an answer, in the hope that they will be added some day. What
/// is sent meanwhile is dropped, by the reference as here, and so is what belongs to no protocol. An empty batch, which
/// the reference writes when nothing came between its cork and uncork, is read but not written.
/// </para>
/// <para>
/// Batches, frames and limits are those of generation 3, by the same <see cref="FrameCursor"/> and
/// <see cref="FrameWriter"/>. Source: npm <c>protomux</c> 2.0.
/// </para>
/// </remarks>
public sealed class ProtocolMux : FrameMux<ProtocolEvent>
{
    private readonly MuxOptions _options;
    private readonly List<MuxProtocol> _local = [];
    private readonly List<RemoteProtocol> _remote = [];
    private readonly HashSet<string> _paired = new(StringComparer.Ordinal);
    private ulong _nextOffset = ControlType.Count;

    /// <summary>A muxer without protocols.</summary>
    public ProtocolMux(MuxOptions? options = null)
        : base(MuxGeneration.Second, options ??= new MuxOptions())
    {
        _options = options;
    }

    /// <inheritdoc/>
    public override bool TryReadEvent(out ProtocolEvent told)
    {
        if (_events.TryDequeue(out told))
        {
            return true;
        }

        while (_input.TryRead(out FrameEntry entry))
        {
            if (entry.Type < ControlType.Count ? TryHandleControl(entry, out told) : TryTell(entry, out told))
            {
                return true;
            }
        }

        _input.Begin(default);
        return false;
    }

    /// <summary>
    /// Adds a protocol on this side. It is open at once if the other side has it, without an event; else an event tells
    /// when it is. Null if it is already there.
    /// </summary>
    public MuxProtocol? Add(MuxProtocolOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (FindLocal(options.Name, options.Version.Major) is not null)
        {
            return null;
        }

        var protocol = new MuxProtocol(this, options, _nextOffset);
        _nextOffset += (ulong)options.MessageTypes;
        _local.Add(protocol);
        SendAdd(protocol);
        if (FindRemote(options.Name, options.Version.Major) is { } remote)
        {
            Join(protocol, remote);
        }

        return protocol;
    }

    /// <summary>Asks to be told when the other side adds this protocol and it is not here, in any version.</summary>
    public void Pair(string protocol) => _paired.Add(protocol);

    /// <summary>Turns down what the other side has added. Nothing happens if it was answered, or withdrawn.</summary>
    public void Reject(RemoteProtocol request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Local is null && _remote.Remove(request))
        {
            SendControl(ControlType.Reject, request.Offset);
        }
    }

    /// <inheritdoc/>
    public override void Destroy()
    {
        _input.Begin(default);
        _events.Clear();
        foreach (MuxProtocol protocol in _local)
        {
            protocol.IsClosed = true;
            if (protocol.IsOpen)
            {
                protocol.Remote = null;
                _events.Enqueue(new ProtocolEvent { Kind = MuxEventKind.Closed, Protocol = protocol });
            }
        }

        _local.Clear();
        _remote.Clear();
        _output.Clear();
    }

    internal Span<byte> BeginMessage(MuxProtocol protocol, int type, int length) =>
        _output.Begin(ControlMessage.Channel, protocol.Offset + (ulong)type, length);

    internal void Close(MuxProtocol protocol)
    {
        if (protocol.IsClosed)
        {
            return;
        }

        SendControl(ControlType.Close, protocol.Offset);
        protocol.IsClosed = true;
        _local.Remove(protocol);
        if (protocol.Remote is { } remote)
        {
            remote.Local = null;
            protocol.Remote = null;
        }
    }

    private static void Join(MuxProtocol protocol, RemoteProtocol remote)
    {
        protocol.Remote = remote;
        protocol.IsRejected = false;
        remote.Local = protocol;
    }

    private bool TryHandleControl(FrameEntry entry, out ProtocolEvent next)
    {
        var reader = new CompactReader(_input.Frame.Span.Slice(entry.Offset, entry.Length));
        switch (entry.Type)
        {
            case ControlType.Add:
                string name = reader.ReadString(_options.MaxNameBytes);
                var version = new ProtocolVersion(reader.ReadUInt(), reader.ReadUInt());
                return TryHandleAdd(
                    new RemoteProtocol(name, version, reader.ReadUInt(), reader.ReadUInt()), out next);
            case ControlType.Close:
                return TryHandleClose(reader.ReadUInt(), out next);
            default:
                return TryHandleReject(reader.ReadUInt(), out next);
        }
    }

    private bool TryHandleAdd(RemoteProtocol remote, out ProtocolEvent next)
    {
        next = default;
        if (FindRemote(remote.Name, remote.Version.Major) is not null)
        {
            throw new ProtocolException("a Protomux protocol is added that is there already");
        }

        if (FindLocal(remote.Name, remote.Version.Major) is { } protocol)
        {
            Keep(remote);
            Join(protocol, remote);
            next = new ProtocolEvent { Kind = MuxEventKind.Opened, Protocol = protocol };
            return true;
        }

        if (!_paired.Contains(remote.Name))
        {
            SendControl(ControlType.Reject, remote.Offset);
            return false;
        }

        Keep(remote);
        next = new ProtocolEvent { Kind = MuxEventKind.OpenRequested, Request = remote };
        return true;
    }

    private bool TryHandleClose(ulong offset, out ProtocolEvent next)
    {
        next = default;
        if (_remote.Find(r => r.Offset == offset) is not { } remote)
        {
            return false;
        }

        _remote.Remove(remote);
        if (remote.Local is not { } protocol)
        {
            return false;
        }

        protocol.Remote = null;
        next = new ProtocolEvent { Kind = MuxEventKind.Closed, Protocol = protocol };
        return true;
    }

    private bool TryHandleReject(ulong offset, out ProtocolEvent next)
    {
        next = default;
        if (_local.Find(p => p.Offset == offset) is not { IsRejected: false } protocol)
        {
            return false;
        }

        protocol.IsRejected = true;
        next = new ProtocolEvent { Kind = MuxEventKind.Closed, Protocol = protocol };
        return true;
    }

    private bool TryTell(FrameEntry entry, out ProtocolEvent next)
    {
        next = default;
        RemoteProtocol? remote = FindRemote(entry.Type);
        if (remote?.Local is not { } protocol || entry.Type - remote.Offset >= (ulong)protocol.Options.MessageTypes)
        {
            return false;
        }

        next = new ProtocolEvent
        {
            Kind = MuxEventKind.Message,
            Protocol = protocol,
            Type = (int)(entry.Type - remote.Offset),
            Payload = _input.Frame.Slice(entry.Offset, entry.Length),
            FrameOffset = entry.Offset,
        };
        return true;
    }

    private void Keep(RemoteProtocol remote)
    {
        if (_remote.Count >= _options.MaxRemoteChannels)
        {
            throw new ProtocolException($"more than {_options.MaxRemoteChannels} Protomux protocols are added");
        }

        if (_remote.Count(static r => r.Local is null) >= _options.MaxPendingRequests)
        {
            throw new ProtocolException($"more than {_options.MaxPendingRequests} Protomux protocols wait to be added");
        }

        _remote.Add(remote);
    }

    private MuxProtocol? FindLocal(string name, ulong major) =>
        _local.Find(p => p.Options.Version.Major == major && p.Name == name);

    private RemoteProtocol? FindRemote(string name, ulong major) => _remote.Find(r => r.Is(name, major));

    // for every message: there is one protocol or two, and nothing to allocate for
    private RemoteProtocol? FindRemote(ulong number)
    {
        foreach (RemoteProtocol remote in _remote)
        {
            if (remote.Has(number))
            {
                return remote;
            }
        }

        return null;
    }

    private void SendAdd(MuxProtocol protocol)
    {
        MuxProtocolOptions options = protocol.Options;
        ulong messageTypes = (ulong)options.MessageTypes;
        int length = CompactSize.String(options.Name)
            + CompactSize.UInt(options.Version.Major)
            + CompactSize.UInt(options.Version.Minor)
            + CompactSize.UInt(protocol.Offset)
            + CompactSize.UInt(messageTypes);
        var writer = new CompactWriter(_output.Begin(ControlMessage.Channel, ControlType.Add, length));
        writer.WriteString(options.Name);
        writer.WriteUInt(options.Version.Major);
        writer.WriteUInt(options.Version.Minor);
        writer.WriteUInt(protocol.Offset);
        writer.WriteUInt(messageTypes);
    }

    private void SendControl(ulong type, ulong offset)
    {
        var writer = new CompactWriter(
            _output.Begin(ControlMessage.Channel, type, CompactSize.UInt(offset)));
        writer.WriteUInt(offset);
    }
}
