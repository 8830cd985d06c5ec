namespace RelayCluster.Host.Hocon;

/// <summary>Text, a number, a boolean or null: all are text until an option says what it wants.</summary>
internal sealed class HoconScalar : HoconValue
{
    public HoconScalar(string text, bool isQuoted, HoconPosition position)
        : base(position)
    {
        Text = text;
        IsQuoted = isQuoted;
    }

    public string Text { get; }

    public bool IsQuoted { get; }

    /// <summary>Whether it is the word null, without quotes.</summary>
    public bool IsNull => !IsQuoted && Text == "null";

    public override bool IsResolved => true;
}
