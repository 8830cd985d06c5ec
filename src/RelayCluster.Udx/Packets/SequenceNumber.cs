namespace RelayCluster.Udx.Packets;

/// <summary>
/// A packet's number, which wraps at 2^32. Numbers are compared by their distance, read as signed: the later of two is
/// the one less than 2^31 steps ahead. That is an order only among numbers near each other, which those of one stream's
/// window are, and those that a peer sends need not be; so there is no IComparable and no sorting.
/// </summary>
internal readonly record struct SequenceNumber(uint Value)
{
    /// <summary>How many steps lead from <paramref name="from"/> to <paramref name="to"/>; negative if it is before.
    /// </summary>
    public static int operator -(SequenceNumber to, SequenceNumber from) => unchecked((int)(to.Value - from.Value));

    public static SequenceNumber operator +(SequenceNumber number, int steps) =>
        new(unchecked(number.Value + (uint)steps));

    public static SequenceNumber operator -(SequenceNumber number, int steps) =>
        new(unchecked(number.Value - (uint)steps));

    public static bool operator <(SequenceNumber left, SequenceNumber right) => left - right < 0;

    public static bool operator >(SequenceNumber left, SequenceNumber right) => left - right > 0;

    public static bool operator <=(SequenceNumber left, SequenceNumber right) => left - right <= 0;

    public static bool operator >=(SequenceNumber left, SequenceNumber right) => left - right >= 0;

    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
