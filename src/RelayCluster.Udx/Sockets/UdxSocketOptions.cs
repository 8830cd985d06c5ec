using System.Diagnostics.Metrics;

namespace RelayCluster.Udx.Sockets;

/// <summary>How a <see cref="UdxSocket"/> is set up.</summary>
public sealed class UdxSocketOptions
{
    /// <summary>The kernel's receive buffer that is asked for, in bytes. The kernel may grant less
    /// (<c>net.core.rmem_max</c>). Default 4 MiB: a loop that is late by 10 ms then loses nothing at 3 Gbit/s.</summary>
    public int ReceiveBufferBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>The kernel's send buffer that is asked for, in bytes. Default 4 MiB.</summary>
    public int SendBufferBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Whether the driver of the operating system may be used (on Linux: batches of datagrams by sendmmsg,
    /// recvmmsg, UDP_SEGMENT and UDP_GRO). Default true; false takes the portable driver.</summary>
    public bool UseNativeDriver { get; set; } = true;

    /// <summary>Where the time comes from. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Where the meter <c>RelayCluster.Udx</c> comes from. Default: the socket is not measured.</summary>
    public IMeterFactory? MeterFactory { get; set; }
}
