namespace RelayCluster.Udx.Packets;

/// <summary>What a packet is (<c>UDX_HEADER_*</c> in udx.h). None of them: a bare acknowledgement.</summary>
[Flags]
internal enum PacketTypes : byte
{
    None = 0,

    /// <summary>Bytes of the stream; takes a sequence number.</summary>
    Data = 1,

    /// <summary>The last packet of a direction, with or without data; takes a sequence number.</summary>
    End = 2,

    /// <summary>The body starts with ranges of packets that arrived ahead of a gap.</summary>
    Sack = 4,

    /// <summary>A message outside the order, neither numbered nor acknowledged.</summary>
    Message = 8,

    /// <summary>The sender has dropped the stream.</summary>
    Destroy = 16,

    /// <summary>Asks for an acknowledgement: a keep-alive, or a probe of a closed window.</summary>
    Heartbeat = 32,
}
