using RelayCluster.Protocol.Messages;
using RelayCluster.Wire;
using RelayCluster.Wire.Protomux;

namespace RelayCluster.Protocol.Dialects;

/// <summary>
/// The living dialect: the channel <c>@hyperswarm/dht-relay</c> of Protomux 3. A client opens it at once; a relay opens
/// it when the client has, so that it can first see which dialect the client speaks. The reference relay does not wait,
/// but the reference client does not care: it sends its messages behind its own open, and waits for none.
/// Other channels that the client opens are rejected, as is a second one of the same name.
/// </summary>
internal sealed class HyperswarmDialect : IDialect
{
    public const string Protocol = "@hyperswarm/dht-relay";

    public static readonly MuxChannelOptions ChannelOptions = new()
    {
        Protocol = Protocol,
        MessageTypes = RelayMessageCodec.Count,
    };

    private readonly Mux _mux;
    private MuxChannel? _channel;

    private HyperswarmDialect(int maxBatchBytes)
    {
        _mux = new Mux(new MuxOptions { MaxBatchBytes = maxBatchBytes });
    }

    public int BufferedBytes => _mux.BufferedBytes;

    public bool IsClosed => _channel is { IsClosed: true };

    public bool IsFrameRead => !_mux.IsReading;

    public static HyperswarmDialect ForRelay(int maxBatchBytes)
    {
        var dialect = new HyperswarmDialect(maxBatchBytes);
        dialect._mux.Pair(Protocol, []);
        return dialect;
    }

    public static HyperswarmDialect ForClient(int maxBatchBytes)
    {
        var dialect = new HyperswarmDialect(maxBatchBytes);
        dialect._channel = dialect._mux.Open(ChannelOptions);
        return dialect;
    }

    public void HandleFrame(ReadOnlyMemory<byte> frame) => _mux.HandleFrame(frame);

    public bool TryOpen()
    {
        while (_channel is not { IsOpen: true } && _mux.TryReadEvent(out MuxEvent next))
        {
            Answer(next);
        }

        return _channel is { IsOpen: true };
    }

    public bool TryReadMessage(out DialectMessage message)
    {
        while (_mux.TryReadEvent(out MuxEvent next))
        {
            if (next.Kind == MuxEventKind.Message)
            {
                message = new DialectMessage((RelayMessageType)next.Type, next.FrameOffset, next.Payload.Length);
                return true;
            }

            Answer(next);
        }

        message = default;
        return false;
    }

    public bool TryBeginMessage(RelayMessageType type, int length, out Span<byte> body)
    {
        body = default;
        return _channel is not null && _channel.TryBeginMessage((int)type, length, out body);
    }

    public void Cork() => _mux.Cork();

    public void Uncork() => _mux.Uncork();

    public bool TryTakeFrame(out PooledBuffer frame) => _mux.TryTakeFrame(out frame);

    public void Destroy() => _mux.Destroy();

    // at once, so that no message waits behind a request and loses its place in the frame
    private void Answer(in MuxEvent next)
    {
        if (next.Kind != MuxEventKind.OpenRequested)
        {
            return;
        }

        if (_channel is null)
        {
            _channel = _mux.Open(ChannelOptions);
        }
        else
        {
            _mux.Reject(next.Request!);
        }
    }
}
