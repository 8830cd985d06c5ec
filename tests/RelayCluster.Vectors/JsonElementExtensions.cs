using System.Text.Json;

namespace RelayCluster.Vectors;

/// <summary>How vectors spell bytes: lowercase hex, null for absent.</summary>
public static class JsonElementExtensions
{
    /// <summary>The bytes of a hex string.</summary>
    public static byte[] Hex(this JsonElement element) => Convert.FromHexString(element.GetString()!);

    /// <summary>The bytes of a hex property that must be there.</summary>
    public static byte[] Hex(this JsonElement element, string property) => element.GetProperty(property).Hex();

    /// <summary>The bytes of a hex property, or null where it is absent or null.</summary>
    public static byte[]? HexOrNull(this JsonElement element, string property) =>
        element.TryGetProperty(property, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.Hex()
            : null;

    /// <summary>The name of a vector.</summary>
    public static string Name(this JsonElement vector) => vector.GetProperty("name").GetString()!;

    /// <summary>Whether a boolean property is there and true.</summary>
    public static bool Is(this JsonElement vector, string property) =>
        vector.TryGetProperty(property, out JsonElement value) && value.ValueKind == JsonValueKind.True;
}
