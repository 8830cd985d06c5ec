using RelayCluster.Wire;

namespace RelayCluster.Protocol.Channels;

/// <summary>
/// How much the other side may make this one say without taking it: pongs, and what the muxer answers. Nobody waits
/// for room for those, since a side that stops reading until it can answer may stop for ever, when the other does the
/// same. So they are counted, and who asks on and on without reading breaks the protocol.
/// </summary>
/// <remarks>
/// Counted are positions in all that is sent. The replies of one round are forgotten when all that was queued at the
/// round's end is sent, so at most twice the allowance can wait.
/// </remarks>
internal sealed class ReplyAllowance(int maxBytes)
{
    private long _sent;
    private long _roundEnd;
    private int _bytes;

    /// <summary>Bytes have gone out.</summary>
    public void HandleSent(int bytes) => _sent += bytes;

    /// <summary>A reply is queued.</summary>
    /// <param name="bytes">What it takes.</param>
    /// <param name="unsentBytes">All that waits, the reply included.</param>
    /// <exception cref="ProtocolException">Too many wait.</exception>
    public void Charge(int bytes, int unsentBytes)
    {
        if (_sent >= _roundEnd)
        {
            _bytes = 0;
            _roundEnd = _sent + unsentBytes;
        }

        _bytes += bytes;
        if (_bytes > maxBytes)
        {
            throw new ProtocolException($"more than {maxBytes} bytes of answers wait, and the other side takes none");
        }
    }
}
