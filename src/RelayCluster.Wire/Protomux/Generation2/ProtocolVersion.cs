namespace RelayCluster.Wire.Protomux.Generation2;

/// <summary>A protocol's version. Both sides must have the same major number; the minor one only informs.</summary>
public readonly record struct ProtocolVersion(ulong Major, ulong Minor);
