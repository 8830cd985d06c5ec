using System.Buffers;
using System.Globalization;

namespace RelayCluster.Host.Hocon;

/// <summary>A family of units: reads and writes an amount as a number and a unit.</summary>
internal sealed class HoconUnits
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    private readonly (long Size, string[] Names)[] _units;
    private readonly Dictionary<string, long> _sizes;

    /// <param name="units">The units, the largest first; the first name of each is the one that is written.</param>
    public HoconUnits(params (long Size, string[] Names)[] units)
    {
        _units = units;
        _sizes = units
            .SelectMany(unit => unit.Names.Select(name => (name, unit.Size)))
            .ToDictionary(pair => pair.name, pair => pair.Size, StringComparer.Ordinal);
    }

    /// <summary>Reads a number, blanks if any, and a unit: false if it is anything else or too large.</summary>
    public bool TryParse(string text, out long amount)
    {
        amount = 0;
        int end = text.AsSpan().IndexOfAnyExcept(NumberCharacters);
        if (end <= 0
            || !_sizes.TryGetValue(text[end..].Trim(), out long size)
            || !decimal.TryParse(
                text.AsSpan(0, end), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number)
            || number > long.MaxValue / size)
        {
            return false;
        }

        amount = (long)(number * size);
        return true;
    }

    /// <summary>In the largest unit that leaves a whole number; the amount is not zero.</summary>
    public string Format(long amount)
    {
        (long size, string[] names) = Array.Find(_units, unit => amount % unit.Size == 0);
        return names is null ? $"{amount}" : string.Create(CultureInfo.InvariantCulture, $"{amount / size}{names[0]}");
    }
}
