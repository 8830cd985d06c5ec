using RelayCluster.Dht.Rpc.Answers;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Rpc;

/// <summary>
/// A request that another node or client sent to us, in the hands of the layer above. Each of the answers below may be
/// given from any thread, at once or much later; answering twice sends two datagrams, not answering none.
/// </summary>
internal sealed class IncomingRequest
{
    private readonly Action<OutgoingDatagram> _send;

    /// <summary>A request whose answers go to <paramref name="send"/>, which takes them from any thread.</summary>
    public IncomingRequest(Action<OutgoingDatagram> send)
    {
        _send = send;
    }

    /// <summary>Who sent it.</summary>
    public required UdpEndPoint From { get; init; }

    /// <summary>The sender's id, already checked against its address; null if it is ephemeral.</summary>
    public Fixed32? FromId { get; init; }

    /// <summary>How the sender sees us.</summary>
    public required UdpEndPoint To { get; init; }

    /// <summary>The sender's number for the request: answers repeat it, also those that take a way round.</summary>
    public required ushort TransactionId { get; init; }

    /// <summary>A command of the layer above.</summary>
    public required uint Command { get; init; }

    /// <summary>What it is about; null if it did not say.</summary>
    public Fixed32? Target { get; init; }

    /// <summary>
    /// The token, already checked to be one that we gave to the sender's host; null if there was none.
    /// </summary>
    public Fixed32? Token { get; init; }

    /// <summary>The argument, in memory of its own; null for none.</summary>
    public ReadOnlyMemory<byte>? Value { get; init; }

    /// <summary>Answers.</summary>
    /// <param name="value">
    /// The answer; null or empty for none, because a null array silently becomes an empty memory, and no command of
    /// HyperDHT means anything by an empty answer. Not copied: leave it alone.
    /// </param>
    /// <param name="withToken">Whether the receiver gets a token for requests that store something.</param>
    /// <param name="withCloserNodes">Whether our nodes closest to the request's target go along, if it had one.</param>
    /// <param name="to">Whom to answer; null for the sender. The token is for that host.</param>
    public void Reply(
        ReadOnlyMemory<byte>? value,
        bool withToken = true,
        bool withCloserNodes = true,
        UdpEndPoint? to = null) => _send(new OutgoingDatagram
        {
            To = to ?? From,
            TransactionId = TransactionId,
            Target = Target,
            WithToken = withToken,
            WithCloserNodes = withCloserNodes,
            Value = value,
        });

    /// <summary>Answers with an error.</summary>
    /// <param name="code">Not 0.</param>
    /// <param name="withToken">As for a reply, but by default there is none.</param>
    /// <param name="withCloserNodes">As for a reply.</param>
    public void ReplyError(uint code, bool withToken = false, bool withCloserNodes = true) =>
        _send(new OutgoingDatagram
        {
            To = From,
            TransactionId = TransactionId,
            Target = Target,
            WithToken = withToken,
            WithCloserNodes = withCloserNodes,
            Error = code,
        });

    /// <summary>
    /// Hands the request on: the same command, target and number with another value, without a token, goes to another
    /// node. Whatever comes of it does not come back to us as a reply: that node answers or hands on by itself.
    /// </summary>
    public void Relay(ReadOnlyMemory<byte>? value, UdpEndPoint to) => _send(new OutgoingDatagram
    {
        IsRelay = true,
        To = to,
        TransactionId = TransactionId,
        Target = Target,
        Command = Command,
        Value = value,
    });
}
