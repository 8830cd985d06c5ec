using System.Text.Json;

namespace RelayCluster.Vectors;

/// <summary>One file of <c>tests/vectors</c>; its README has the schemas.</summary>
public sealed class VectorFile
{
    private VectorFile(JsonElement root)
    {
        Root = root;
    }

    /// <summary>The whole file, for the keys that stand beside <c>vectors</c>.</summary>
    public JsonElement Root { get; }

    /// <summary>Reads a file such as <c>noise.json</c> from the test's output folder.</summary>
    public static VectorFile Load(string fileName)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "vectors", fileName);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        return new VectorFile(document.RootElement.Clone());
    }

    /// <summary>Every vector of the file, in its order.</summary>
    public IReadOnlyList<JsonElement> All() => [.. Root.GetProperty("vectors").EnumerateArray()];

    /// <summary>The vectors whose string property <paramref name="property"/> equals <paramref name="value"/>.</summary>
    public IReadOnlyList<JsonElement> Where(string property, string value) =>
        [.. All().Where(v => v.TryGetProperty(property, out JsonElement p) && p.ValueEquals(value))];
}
