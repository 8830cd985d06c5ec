namespace RelayCluster.Wire.Protomux;

/// <summary>How many open requests wait for an answer, and how many bytes behind them; both are bounded.</summary>
internal sealed class RequestBacklog(int maxRequests, int maxBytes)
{
    // what keeping a message costs beside its bytes
    private const int MessageOverheadBytes = 64;

    private int _requests;
    private int _bytes;

    /// <exception cref="ProtocolException">Too many wait.</exception>
    public void Add(MuxOpenRequest request)
    {
        if (_requests >= maxRequests)
        {
            throw new ProtocolException($"more than {maxRequests} Protomux channels wait to be opened");
        }

        _requests++;
        Charge(request, request.Handshake.Length);
    }

    /// <summary>Keeps a copy of a message until the channel is open.</summary>
    /// <exception cref="ProtocolException">Too many bytes wait.</exception>
    public void Keep(MuxOpenRequest request, ulong type, ReadOnlySpan<byte> payload)
    {
        Charge(request, MessageOverheadBytes + payload.Length);
        request.Messages.Add((type, payload.ToArray()));
    }

    public void Remove(MuxOpenRequest request)
    {
        _requests--;
        _bytes -= request.PendingBytes;
    }

    private void Charge(MuxOpenRequest request, int bytes)
    {
        if (_bytes + bytes > maxBytes)
        {
            throw new ProtocolException($"more than {maxBytes} bytes wait for Protomux channels to be opened");
        }

        _bytes += bytes;
        request.PendingBytes += bytes;
    }
}
