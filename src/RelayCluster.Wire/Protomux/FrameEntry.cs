namespace RelayCluster.Wire.Protomux;

/// <summary>
/// One message of a frame: the sender's channel id, its type, and where its payload lies in the frame.
/// </summary>
internal readonly record struct FrameEntry(ulong Channel, ulong Type, int Offset, int Length);
