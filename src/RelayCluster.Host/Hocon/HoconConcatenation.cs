namespace RelayCluster.Host.Hocon;

/// <summary>
/// Values side by side, at least one of which is not known yet: texts join into one, lists into one list, objects
/// merge. Blanks between texts are among the parts, as texts without quotes.
/// </summary>
internal sealed class HoconConcatenation : HoconValue
{
    public HoconConcatenation(IReadOnlyList<HoconValue> parts, HoconPosition position)
        : base(position)
    {
        Parts = parts;
    }

    public IReadOnlyList<HoconValue> Parts { get; }

    public override bool IsResolved => false;
}
