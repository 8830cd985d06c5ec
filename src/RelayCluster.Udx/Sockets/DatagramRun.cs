namespace RelayCluster.Udx.Sockets;

/// <summary>
/// Datagrams from or to one endpoint, back to back in a batch's buffer: all of <see cref="SegmentBytes"/> but the last,
/// which may be shorter. It is the unit that the kernel takes and gives with UDP_SEGMENT and UDP_GRO.
/// </summary>
internal struct DatagramRun
{
    public UdpEndPoint EndPoint;

    public int Offset;

    public int Length;

    public int SegmentBytes;

    public int DatagramCount;
}
