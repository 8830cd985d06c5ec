namespace RelayCluster.Wire.Protomux;

/// <summary>What a muxer has to tell.</summary>
public enum MuxEventKind
{
    /// <summary>Both sides have the channel now; the payload is the other side's handshake.</summary>
    Opened,

    /// <summary>A message came.</summary>
    Message,

    /// <summary>The other side closed or rejected the channel, or the muxer was destroyed.</summary>
    Closed,

    /// <summary>
    /// The other side asks for a channel that <see cref="Mux.Pair(string)"/> named: open it, or reject the request.
    /// </summary>
    OpenRequested,
}
