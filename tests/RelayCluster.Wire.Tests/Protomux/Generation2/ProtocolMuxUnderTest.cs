using RelayCluster.Wire.Protomux;
using RelayCluster.Wire.Protomux.Generation2;

namespace RelayCluster.Wire.Tests.Protomux.Generation2;

/// <summary>A muxer with a driver that writes down what it tells and sends, in the words of the vectors.</summary>
internal sealed class ProtocolMuxUnderTest(MuxOptions? options = null)
{
    public const string RelayProtocol = "@web4/dht-relay";

    private readonly List<string> _events = [];
    private readonly List<string> _sends = [];

    public ProtocolMux Mux { get; } = new(options);

    public bool IsDestroyed { get; private set; }

    /// <summary>Whether the messages are length prefixed buffers, told without the prefix.</summary>
    public bool HasBuffers { get; init; }

    /// <summary>What to do when the other side adds what was paired.</summary>
    public Action<RemoteProtocol>? OnRequest { get; init; }

    public IReadOnlyList<string> Events => _events;

    public MuxProtocol Add(string name = RelayProtocol, ulong major = 0, ulong minor = 0, int messageTypes = 28) =>
        Mux.Add(new MuxProtocolOptions
        {
            Name = name,
            Version = new ProtocolVersion(major, minor),
            MessageTypes = messageTypes,
        })!;

    public MuxProtocol AddRelay() => Add(minor: 1);

    /// <summary>The frames since the last call, in hexadecimal.</summary>
    public string[] TakeSends()
    {
        Flush();
        string[] taken = [.. _sends];
        _sends.Clear();
        return taken;
    }

    public void Receive(string frame)
    {
        if (IsDestroyed)
        {
            return;
        }

        try
        {
            Mux.HandleFrame(Convert.FromHexString(frame));
            Drain();
        }
        catch (ProtocolException)
        {
            // what goes out before the end is flushed, as by a stream that is destroyed afterwards
            Flush();
            IsDestroyed = true;
            Mux.Destroy();
            Drain();
        }
    }

    private void Drain()
    {
        while (Mux.TryReadEvent(out ProtocolEvent next))
        {
            switch (next.Kind)
            {
                case MuxEventKind.OpenRequested:
                    OnRequest?.Invoke(next.Request!);
                    break;
                case MuxEventKind.Opened:
                    _events.Add("remote open");
                    break;
                case MuxEventKind.Closed:
                    _events.Add("remote close");
                    break;
                default:
                    _events.Add($"message {next.Type} {Value(next.Payload.Span)}".TrimEnd());
                    break;
            }
        }
    }

    private string Value(ReadOnlySpan<byte> payload) =>
        Convert.ToHexStringLower(HasBuffers ? new CompactReader(payload).ReadBuffer() : payload);

    private void Flush()
    {
        while (Mux.TryTakeFrame(out PooledBuffer frame))
        {
            _sends.Add(Convert.ToHexStringLower(frame.Span));
            frame.Dispose();
        }
    }
}
