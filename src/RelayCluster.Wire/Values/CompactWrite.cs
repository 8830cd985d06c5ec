namespace RelayCluster.Wire.Values;

/// <summary>Writes one value, as an entry of an array or record.</summary>
/// <param name="writer">Where the value goes.</param>
/// <param name="value">The entry.</param>
public delegate void CompactWrite<in T>(ref CompactWriter writer, T value);
