namespace RelayCluster.Udx.Recovery;

/// <summary>Where a numbered packet is between being sent and being acknowledged.</summary>
internal enum PacketState : byte
{
    /// <summary>The slot is free, or the packet was acknowledged selectively and waits for those before it.</summary>
    Acked,

    /// <summary>Sent, and neither acknowledged nor given up.</summary>
    InFlight,

    /// <summary>Given up, and waiting to be sent again.</summary>
    Lost,
}
