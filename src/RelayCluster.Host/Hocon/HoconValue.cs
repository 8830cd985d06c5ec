namespace RelayCluster.Host.Hocon;

/// <summary>
/// A value as it stands in the tree. A resolved tree is made of <see cref="HoconScalar"/>, <see cref="HoconList"/> and
/// <see cref="HoconObject"/> only; what else a file can say (<see cref="HoconSubstitution"/>,
/// <see cref="HoconConcatenation"/>, <see cref="HoconOverlay"/>) waits for the <see cref="HoconResolver"/>.
/// </summary>
internal abstract class HoconValue
{
    protected HoconValue(HoconPosition position)
    {
        Position = position;
    }

    public HoconPosition Position { get; }

    /// <summary>Whether nothing in the value waits for the resolver.</summary>
    public abstract bool IsResolved { get; }

    /// <summary>
    /// What a key holds that is assigned <paramref name="newer"/> after <paramref name="older"/>: objects merge, any
    /// other newer value replaces the older one, and what is not yet known keeps both until it is.
    /// </summary>
    public static HoconValue Combine(HoconValue older, HoconValue newer) => (older, newer) switch
    {
        (HoconObject first, HoconObject second) => first.MergedWith(second),
        (HoconScalar or HoconList, HoconObject) => newer,
        (_, HoconObject) => new HoconOverlay(older, newer),
        _ => newer.IsResolved ? newer : new HoconOverlay(older, newer),
    };
}
