namespace RelayCluster.Wire.Values;

/// <summary>Reads one value, as an entry of an array or record.</summary>
/// <param name="reader">Where the value starts; it is left behind the value.</param>
public delegate T CompactRead<out T>(ref CompactReader reader);
