using System.Globalization;
using System.Net;

namespace RelayCluster.Host.Configuration;

/// <summary>A port to listen on, 0 for any free one, or none.</summary>
/// <param name="Number">The port; null: nothing listens.</param>
internal readonly record struct PortOrOff(int? Number)
{
    /// <summary>Reads a text; null if it is neither.</summary>
    public static PortOrOff? Parse(string text) => text switch
    {
        "off" => new PortOrOff(null),
        _ when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number <= IPEndPoint.MaxPort => new PortOrOff(number),
        _ => null,
    };

    public override string ToString() => Number?.ToString(CultureInfo.InvariantCulture) ?? "off";
}
