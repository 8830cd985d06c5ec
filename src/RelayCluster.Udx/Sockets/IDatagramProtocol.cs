namespace RelayCluster.Udx.Sockets;

/// <summary>
/// A protocol that lives on the same UDP socket as the streams: every datagram that does not start with UDX's magic byte
/// is its. All members are called on the socket's loop, one at a time. It has the shape of every state machine here: an
/// input, a deadline, and outputs that are polled after each input.
/// </summary>
public interface IDatagramProtocol
{
    /// <summary>When the protocol wants to be told the time, since the socket's start; null when it waits for nothing.
    /// Read after each turn of the loop.</summary>
    TimeSpan? NextTimeout { get; }

    /// <summary>A datagram arrived. It must not throw: the datagram is a stranger's.</summary>
    /// <param name="now">Monotonic time since the socket's start.</param>
    /// <param name="from">The sender.</param>
    /// <param name="datagram">The bytes, which are the socket's again after the return.</param>
    void HandleDatagram(TimeSpan now, UdpEndPoint from, ReadOnlySpan<byte> datagram);

    /// <summary><see cref="NextTimeout"/> has passed.</summary>
    void HandleTimeout(TimeSpan now);

    /// <summary>Writes the next datagram to send, if there is one.</summary>
    /// <param name="now">Monotonic time since the socket's start.</param>
    /// <param name="destination">Room for one datagram.</param>
    /// <param name="bytesWritten">Its length.</param>
    /// <param name="receiver">Its receiver.</param>
    /// <returns>False if there is nothing to send.</returns>
    bool TryWriteDatagram(TimeSpan now, Span<byte> destination, out int bytesWritten, out UdpEndPoint receiver);
}
