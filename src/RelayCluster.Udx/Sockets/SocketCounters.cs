namespace RelayCluster.Udx.Sockets;

/// <summary>
/// What went through a socket so far. Written on the loop without locks, a run of datagrams at a time; metrics read it
/// when somebody looks.
/// </summary>
internal sealed class SocketCounters
{
    public long PacketsReceived;
    public long BytesReceived;
    public long PacketsSent;
    public long BytesSent;

    /// <summary>Packets of streams that were sent more than once.</summary>
    public long PacketsRetransmitted;

    /// <summary>Counts a run that arrived, whose datagrams the driver has not counted.</summary>
    public void CountReceived(in DatagramRun run)
    {
        // An empty datagram has a segment of no bytes.
        PacketsReceived += run.Length > run.SegmentBytes ? (run.Length + run.SegmentBytes - 1) / run.SegmentBytes : 1;
        BytesReceived += run.Length;
    }

    /// <summary>Counts a batch that is about to leave.</summary>
    public void CountSent(ReadOnlySpan<DatagramRun> runs)
    {
        foreach (ref readonly DatagramRun run in runs)
        {
            PacketsSent += run.DatagramCount;
            BytesSent += run.Length;
        }
    }
}
