namespace RelayCluster.Wire.Protomux;

/// <summary>The generations of Protomux still spoken. Their frames look alike and mean different things.</summary>
public enum MuxGeneration
{
    /// <summary>npm <c>protomux</c> 2: protocols with a version, see <see cref="Generation2.ProtocolMux"/>.</summary>
    Second = 2,

    /// <summary>npm <c>protomux</c> 3, the current one: channels with an id, see <see cref="Mux"/>.</summary>
    Third = 3,
}
