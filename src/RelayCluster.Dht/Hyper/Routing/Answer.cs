using RelayCluster.Dht.Rpc;
using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Hyper.Routing;

/// <summary>
/// What is to be done about a request. The parts that know what to answer only decide; <see cref="ApplyTo"/> does it.
/// </summary>
internal readonly record struct Answer
{
    private enum Kind
    {
        Nothing,
        Reply,
        Error,
        Relay,
    }

    private Kind What { get; init; }

    /// <summary>The value of the reply or of the request handed on; null for none.</summary>
    public ReadOnlyMemory<byte>? Value { get; private init; }

    /// <summary>Whom to answer, or to hand on to; null for the sender.</summary>
    public UdpEndPoint? To { get; private init; }

    /// <summary>The error code, or 0.</summary>
    public uint ErrorCode { get; private init; }

    public bool WithToken { get; private init; }

    public bool WithCloserNodes { get; private init; }

    /// <summary>The sender gets no answer: it asked for nothing that can be done, or somebody else answers.</summary>
    public static Answer None => default;

    public bool IsReply => What == Kind.Reply;

    public bool IsRelay => What == Kind.Relay;

    /// <summary>An answer to a query: with a token, and our nodes closest to the target.</summary>
    public static Answer Reply(ReadOnlyMemory<byte>? value) =>
        new() { What = Kind.Reply, Value = value, WithToken = true, WithCloserNodes = true };

    /// <summary>Tells that it was done, and no more.</summary>
    public static Answer Done() => new() { What = Kind.Reply };

    /// <summary>Who is closer to the target than we, where we do not know it ourselves.</summary>
    public static Answer CloserNodes() => new() { What = Kind.Reply, WithCloserNodes = true };

    /// <summary>A reply to somebody who is not the sender, but waits for it.</summary>
    public static Answer ReplyTo(UdpEndPoint to, ReadOnlyMemory<byte> value) =>
        new() { What = Kind.Reply, To = to, Value = value };

    public static Answer Error(uint code) =>
        new() { What = Kind.Error, ErrorCode = code, WithCloserNodes = true };

    /// <summary>Hands the request on with another value.</summary>
    public static Answer Relay(UdpEndPoint to, ReadOnlyMemory<byte> value) =>
        new() { What = Kind.Relay, To = to, Value = value };

    public void ApplyTo(IncomingRequest request)
    {
        switch (What)
        {
            case Kind.Reply:
                request.Reply(Value, WithToken, WithCloserNodes, To);
                break;
            case Kind.Error:
                request.ReplyError(ErrorCode, WithToken, WithCloserNodes);
                break;
            case Kind.Relay:
                request.Relay(Value, To!.Value);
                break;
            default:
                break;
        }
    }
}
