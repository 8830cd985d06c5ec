using RelayCluster.Host.Hocon;

namespace RelayCluster.Host.Tests.Hocon;

/// <summary>Reads HOCON from strings, and writes what was read in one line, to compare it.</summary>
internal static class HoconText
{
    public const string File = "test.conf";

    /// <summary>The resolved tree of a text as JSON without quotes: <c>{a:1,b:[x,y]}</c>.</summary>
    public static string Read(string text, params (string Name, string Text)[] others) =>
        Write(Resolve(text, new Dictionary<string, string>(), others));

    public static string ReadWith(IReadOnlyDictionary<string, string> environment, string text) =>
        Write(Resolve(text, environment));

    /// <summary>The message of the error that a text must raise.</summary>
    public static string Fail(string text, params (string Name, string Text)[] others) =>
        Assert.Throws<HoconException>(() => Read(text, others)).Message;

    public static HoconObject Resolve(
        string text,
        IReadOnlyDictionary<string, string> environment,
        params (string Name, string Text)[] others)
    {
        var files = others.ToDictionary(file => file.Name, file => file.Text);
        files[File] = text;
        var set = new HoconFileSet(
            name => files.TryGetValue(name, out string? content) ? content : throw new FileNotFoundException(name));
        return HoconResolver.Resolve(set.Load(File), name => environment.GetValueOrDefault(name));
    }

    public static string Write(HoconValue value) => value switch
    {
        HoconObject fields => $"{{{string.Join(',', fields.Fields.Select(f => $"{f.Key}:{Write(f.Value)}"))}}}",
        HoconList list => $"[{string.Join(',', list.Items.Select(Write))}]",
        HoconScalar scalar => scalar.Text,
        _ => throw new InvalidOperationException($"{value.GetType().Name} is not resolved"),
    };
}
