using RelayCluster.Wire.Protomux;

namespace RelayCluster.Wire.Tests.Protomux;

/// <summary>A muxer with a driver that writes down what it tells and sends, in the words of the vectors.</summary>
internal sealed class MuxUnderTest
{
    public const string RelayProtocol = "@hyperswarm/dht-relay";

    private readonly List<string> _events = [];
    private readonly List<string> _sends = [];

    public MuxUnderTest(MuxOptions? options = null)
    {
        Mux = new Mux(options);
    }

    public Mux Mux { get; }

    public bool IsDestroyed { get; private set; }

    /// <summary>What to do when a message comes, besides writing it down.</summary>
    public Action<MuxEvent>? OnMessage { get; init; }

    /// <summary>What to do when the other side asks for a channel.</summary>
    public Action<MuxOpenRequest>? OnRequest { get; init; }

    public IReadOnlyList<string> Events => _events;

    public MuxChannel Open(
        string protocol = RelayProtocol, string id = "", string handshake = "", bool isUnique = true) =>
        Mux.Open(new MuxChannelOptions
        {
            Protocol = protocol,
            Id = Convert.FromHexString(id),
            Handshake = Convert.FromHexString(handshake),
            MessageTypes = 301,
            IsUnique = isUnique,
        })!;

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

    public void Drain()
    {
        bool isCorked = false;
        while (Mux.TryReadEvent(out MuxEvent next))
        {
            if (!isCorked && Mux.IsReadingBatch)
            {
                Mux.Cork();
                isCorked = true;
            }

            Handle(next);
        }

        if (isCorked)
        {
            Mux.Uncork();
        }
    }

    private void Handle(MuxEvent next)
    {
        switch (next.Kind)
        {
            case MuxEventKind.OpenRequested:
                OnRequest?.Invoke(next.Request!);
                break;
            case MuxEventKind.Opened:
                _events.Add($"open {next.Channel!.Protocol} {Convert.ToHexStringLower(next.Payload.Span)}".TrimEnd());
                break;
            case MuxEventKind.Closed:
                _events.Add($"close {next.Channel!.Protocol}");
                break;
            default:
                OnMessage?.Invoke(next);
                _events.Add($"message {next.Type} {Convert.ToHexStringLower(next.Payload.Span)}".TrimEnd());
                break;
        }
    }

    private void Flush()
    {
        while (Mux.TryTakeFrame(out PooledBuffer frame))
        {
            _sends.Add(Convert.ToHexStringLower(frame.Span));
            frame.Dispose();
        }
    }
}
