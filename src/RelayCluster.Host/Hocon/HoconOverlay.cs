namespace RelayCluster.Host.Hocon;

/// <summary>
/// A key assigned twice, where it is not known yet whether the newer value replaces the older or merges with it, or
/// where the newer one refers to the older (<c>path = ${path}":/bin"</c>).
/// </summary>
internal sealed class HoconOverlay : HoconValue
{
    public HoconOverlay(HoconValue older, HoconValue newer)
        : base(newer.Position)
    {
        Older = older;
        Newer = newer;
    }

    public HoconValue Older { get; }

    public HoconValue Newer { get; }

    public override bool IsResolved => false;
}
