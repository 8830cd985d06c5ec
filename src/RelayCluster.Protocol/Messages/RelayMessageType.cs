namespace RelayCluster.Protocol.Messages;

/// <summary>
/// The messages of the relay protocol by their number on the wire, which is the same in both dialects.
/// </summary>
public enum RelayMessageType
{
    /// <summary>Client: its default key.</summary>
    Handshake = 0,

    /// <summary>Either side: answer me.</summary>
    Ping = 1,

    /// <summary>Either side: the answer to a ping.</summary>
    Pong = 2,

    /// <summary>Client: open a stream to a public key.</summary>
    Connect = 3,

    /// <summary>Relay: a server of yours has accepted a stream.</summary>
    Connection = 4,

    /// <summary>Client: the accepted stream is known here under this alias.</summary>
    Connected = 5,

    /// <summary>Relay: may this peer connect to your server?</summary>
    Incoming = 6,

    /// <summary>Client: it may not.</summary>
    Deny = 7,

    /// <summary>Client: it may.</summary>
    Accept = 8,

    /// <summary>Either side: the stream is gone.</summary>
    Destroy = 9,

    /// <summary>Client: start a server.</summary>
    Listen = 10,

    /// <summary>Relay: the server listens.</summary>
    Listening = 11,

    /// <summary>Client: stop the server.</summary>
    Close = 12,

    /// <summary>Relay: the server has stopped.</summary>
    Closed = 13,

    /// <summary>Relay: the stream that was asked for is open.</summary>
    Open = 14,

    /// <summary>Either side: I send no more on this stream.</summary>
    End = 15,

    /// <summary>Either side: messages of a stream.</summary>
    Data = 16,

    /// <summary>Relay: one node's answer to a query.</summary>
    Result = 17,

    /// <summary>Relay: the query is over.</summary>
    Finished = 18,

    /// <summary>Client: who announces this topic?</summary>
    Lookup = 19,

    /// <summary>Client: announce this topic for me.</summary>
    Announce = 20,

    /// <summary>Client: take the announcement back.</summary>
    Unannounce = 21,

    /// <summary>Relay: sign this announcement.</summary>
    SignAnnounce = 22,

    /// <summary>Relay: sign that it is taken back.</summary>
    SignUnannounce = 23,

    /// <summary>Client: the signature.</summary>
    Signature = 24,

    /// <summary>Relay: make a Noise message with this payload.</summary>
    NoiseSend = 25,

    /// <summary>Relay: read this Noise message.</summary>
    NoiseReceive = 26,

    /// <summary>Client: what came of either.</summary>
    NoiseReply = 27,
}
