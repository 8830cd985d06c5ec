namespace RelayCluster.Host.Hocon;

/// <summary>What values side by side are together, once each of them is known.</summary>
internal static class HoconJoin
{
    /// <summary>The joined value; null if all parts are undefined.</summary>
    /// <exception cref="HoconException">A text, a list and an object do not go together.</exception>
    public static HoconValue? Join(IEnumerable<HoconValue?> parts, HoconPosition position)
    {
        List<HoconValue> values = [.. parts.OfType<HoconValue>()];
        HoconValue? structure = values.Find(value => value is HoconList or HoconObject);
        return structure switch
        {
            null when values.TrueForAll(IsBlank) => null,
            null when values is [HoconScalar single] => single,
            null => new HoconScalar(string.Concat(values.Cast<HoconScalar>().Select(v => v.Text)), true, position),
            HoconList => new HoconList([.. Only<HoconList>(values, "list").SelectMany(list => list.Items)], position),
            _ => Only<HoconObject>(values, "object").Aggregate((older, newer) => older.MergedWith(newer)),
        };
    }

    private static bool IsBlank(HoconValue value) =>
        value is HoconScalar { IsQuoted: false } scalar && string.IsNullOrWhiteSpace(scalar.Text);

    private static IEnumerable<T> Only<T>(List<HoconValue> values, string expected)
        where T : HoconValue
    {
        foreach (HoconValue value in values)
        {
            if (value is T part)
            {
                yield return part;
            }
            else if (!IsBlank(value))
            {
                string found = value switch { HoconObject => "an object", HoconList => "a list", _ => "a text" };
                throw new HoconException(value.Position, $"expected only {expected}s side by side, found {found} too");
            }
        }
    }
}
