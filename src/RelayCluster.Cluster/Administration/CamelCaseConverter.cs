using System.Text.Json;
using System.Text.Json.Serialization;

namespace RelayCluster.Cluster.Administration;

/// <summary>Enumerations by their names, as members are: <c>webSocket</c>.</summary>
/// <typeparam name="T">The enumeration.</typeparam>
public sealed class CamelCaseConverter<T> : JsonStringEnumConverter<T>
    where T : struct, Enum
{
    /// <summary>The converter.</summary>
    public CamelCaseConverter()
        : base(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    {
    }
}
