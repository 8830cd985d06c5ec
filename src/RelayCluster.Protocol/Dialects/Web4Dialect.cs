using RelayCluster.Protocol.Messages;
using RelayCluster.Wire.Protomux;
using RelayCluster.Wire.Protomux.Generation2;

namespace RelayCluster.Protocol.Dialects;

/// <summary>
/// The first dialect: the protocol <c>@web4/dht-relay</c>, version 0.1, of Protomux 2. Who is first to speak is as in
/// <see cref="HyperswarmDialect"/>. The relay answers under the name that the client gave: npm
/// <c>@hyperswarm/dht-relay</c> before 0.2 says the same under its own.
/// </summary>
/// <remarks>
/// In this generation each side closes its own half. A client that has closed its own will not listen any more, so
/// this side then closes too, and the session is over.
/// </remarks>
internal sealed class Web4Dialect : MuxDialect<ProtocolMux, ProtocolEvent>
{
    public const string Protocol = "@web4/dht-relay";

    private static readonly ProtocolVersion Version = new(Major: 0, Minor: 1);

    private MuxProtocol? _protocol;

    private Web4Dialect(int maxBatchBytes)
        : base(new ProtocolMux(new MuxOptions { MaxBatchBytes = maxBatchBytes }))
    {
    }

    public override bool IsClosed => _protocol is { IsClosed: true };

    protected override bool IsOpen => _protocol is { IsOpen: true };

    public static Web4Dialect ForRelay(int maxBatchBytes)
    {
        var dialect = new Web4Dialect(maxBatchBytes);
        dialect.Mux.Pair(Protocol);
        dialect.Mux.Pair(HyperswarmDialect.Protocol);
        return dialect;
    }

    public static Web4Dialect ForClient(int maxBatchBytes)
    {
        var dialect = new Web4Dialect(maxBatchBytes);
        dialect.Add(Protocol);
        return dialect;
    }

    public override bool TryBeginMessage(RelayMessageType type, int length, out Span<byte> body)
    {
        body = default;
        return _protocol is not null && _protocol.TryBeginMessage((int)type, length, out body);
    }

    protected override bool TryGetMessage(in ProtocolEvent next, out DialectMessage message)
    {
        message = new DialectMessage((RelayMessageType)next.Type, next.FrameOffset, next.Payload.Length);
        return next.Kind == MuxEventKind.Message;
    }

    protected override void Answer(in ProtocolEvent next)
    {
        switch (next.Kind)
        {
            case MuxEventKind.OpenRequested when _protocol is null && next.Request!.Version.Major == Version.Major:
                Add(next.Request.Name);
                break;
            case MuxEventKind.OpenRequested:
                Mux.Reject(next.Request!);
                break;
            case MuxEventKind.Closed:
                _protocol!.Close();
                break;
        }
    }

    private void Add(string name) => _protocol = Mux.Add(new MuxProtocolOptions
    {
        Name = name,
        Version = Version,
        MessageTypes = RelayMessageCodec.Count,
    });
}
