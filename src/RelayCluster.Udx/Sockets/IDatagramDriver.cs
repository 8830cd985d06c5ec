using System.Net;

namespace RelayCluster.Udx.Sockets;

/// <summary>
/// A bound UDP socket as the loop wants it: batches in, batches out, and one place to wait. Losing a datagram is always
/// allowed, so errors that speak of one receiver (refused, unreachable, too long) are swallowed here: the machines above
/// learn of them as they learn of every loss.
/// </summary>
internal interface IDatagramDriver : IDisposable
{
    /// <summary>Where the socket is bound.</summary>
    IPEndPoint LocalEndPoint { get; }

    /// <summary>A batch to receive into, of the shape that the driver likes.</summary>
    ReceiveBatch CreateReceiveBatch();

    /// <summary>Fills the batch with what is there; waits, if nothing is, for a datagram, a <see cref="Wake"/> or the end
    /// of the time.</summary>
    /// <param name="batch">Cleared first.</param>
    /// <param name="timeout">Zero does not wait, null waits without end.</param>
    void Receive(ReceiveBatch batch, TimeSpan? timeout);

    /// <summary>Sends the batch, as far as the kernel has room, and clears it.</summary>
    void Send(SendBatch batch);

    /// <summary>Ends a wait, or the next one. The only member that other threads may call.</summary>
    void Wake();
}
