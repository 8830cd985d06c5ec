namespace RelayCluster.Dht.Hyper.Links;

/// <summary>What a frame of a link says; the numbers are on the wire.</summary>
internal enum LinkFrameKind
{
    /// <summary>The client's Noise message.</summary>
    Hello = 1,

    /// <summary>The server has room for the client and begins to work on it.</summary>
    Taken = 2,

    /// <summary>The server's Noise message.</summary>
    Answer = 3,

    /// <summary>The client is not let in.</summary>
    Refused = 4,

    /// <summary>Bytes of the stream.</summary>
    Data = 5,

    /// <summary>The side sends no more.</summary>
    End = 6,
}
