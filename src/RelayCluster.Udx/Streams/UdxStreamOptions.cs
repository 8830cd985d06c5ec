namespace RelayCluster.Udx.Streams;

/// <summary>How a <see cref="UdxStream"/> is set up. A stream reads it once, when it is created.</summary>
public sealed class UdxStreamOptions
{
    /// <summary>How many received bytes the stream holds until the application reads them, in order or not. It is
    /// advertised to the peer less what is held. Default 1 MiB; the reference has 4 MiB (<c>UDX_DEFAULT_RWND_MAX</c>).
    /// </summary>
    public int ReceiveWindowBytes { get; set; } = 1024 * 1024;

    /// <summary>How many written bytes the stream holds until the peer acknowledges them; from there on a flush of
    /// <see cref="UdxStream.Pipe"/>'s output waits. Default 1 MiB.</summary>
    public int SendBufferBytes { get; set; } = 1024 * 1024;

    /// <summary>After this time without data in flight a heartbeat is sent, which the peer acknowledges, so that the
    /// mappings on the way stay open. Default null: none, as in the reference.</summary>
    public TimeSpan? KeepAlive { get; set; }

    /// <summary>Asked on the socket's loop when a packet arrives while the stream is not connected: true drops the
    /// packet, false takes it (its acknowledgement goes out once the stream is connected, which may be done right in
    /// the callback). Default null: all are dropped, as in the reference.</summary>
    public Func<UdxStream, Sockets.UdpEndPoint, bool>? Firewall { get; set; }

    /// <summary>The sequence number of the first packet that is sent. Default 0, as both sides expect unless they
    /// agreed on another.</summary>
    public uint InitialSequence { get; set; }

    /// <summary>The sequence number of the first packet that is expected. Default 0.</summary>
    public uint InitialRemoteSequence { get; set; }
}
