using RelayCluster.Protocol.Messages;
using RelayCluster.Wire.Protomux;

namespace RelayCluster.Protocol.Dialects;

/// <summary>
/// The living dialect: the channel <c>@hyperswarm/dht-relay</c> of Protomux 3. A client opens it at once; a relay opens
/// it when the client has, so that it can first see which dialect the client speaks. The reference relay does not wait,
/// but the reference client does not care: it sends its messages behind its own open, and waits for none.
/// Other channels that the client opens are rejected, as is a second one of the same name.
/// </summary>
internal sealed class HyperswarmDialect : MuxDialect<Mux, MuxEvent>
{
    public const string Protocol = "@hyperswarm/dht-relay";

    public static readonly MuxChannelOptions ChannelOptions = new()
    {
        Protocol = Protocol,
        MessageTypes = RelayMessageCodec.Count,
    };

    private MuxChannel? _channel;

    private HyperswarmDialect(int maxBatchBytes)
        : base(new Mux(new MuxOptions { MaxBatchBytes = maxBatchBytes }))
    {
    }

    public override bool IsClosed => _channel is { IsClosed: true };

    protected override bool IsOpen => _channel is { IsOpen: true };

    public static HyperswarmDialect ForRelay(int maxBatchBytes)
    {
        var dialect = new HyperswarmDialect(maxBatchBytes);
        dialect.Mux.Pair(Protocol, []);
        return dialect;
    }

    public static HyperswarmDialect ForClient(int maxBatchBytes)
    {
        var dialect = new HyperswarmDialect(maxBatchBytes);
        dialect._channel = dialect.Mux.Open(ChannelOptions);
        return dialect;
    }

    public override bool TryBeginMessage(RelayMessageType type, int length, out Span<byte> body)
    {
        body = default;
        return _channel is not null && _channel.TryBeginMessage((int)type, length, out body);
    }

    protected override bool TryGetMessage(in MuxEvent next, out DialectMessage message)
    {
        message = new DialectMessage((RelayMessageType)next.Type, next.FrameOffset, next.Payload.Length);
        return next.Kind == MuxEventKind.Message;
    }

    protected override void Answer(in MuxEvent next)
    {
        if (next.Kind != MuxEventKind.OpenRequested)
        {
            return;
        }

        if (_channel is null)
        {
            _channel = Mux.Open(ChannelOptions);
        }
        else
        {
            Mux.Reject(next.Request!);
        }
    }
}
