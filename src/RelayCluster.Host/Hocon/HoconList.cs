namespace RelayCluster.Host.Hocon;

/// <summary>Values in order.</summary>
internal sealed class HoconList : HoconValue
{
    public HoconList(IReadOnlyList<HoconValue> items, HoconPosition position)
        : base(position)
    {
        Items = items;
        IsResolved = items.All(item => item.IsResolved);
    }

    public IReadOnlyList<HoconValue> Items { get; }

    public override bool IsResolved { get; }
}
