namespace RelayCluster.Host.Hocon;

/// <summary>
/// <c>include "name"</c>, also as <c>include file("name")</c>, and around either of them <c>required(...)</c>. A file
/// that is not there counts as empty unless it is required.
/// </summary>
internal sealed record HoconInclude(string Name, bool IsRequired)
{
    private const string Forms = """include "file", file("file"), required("file") or required(file("file"))""";

    /// <summary>Takes an include if one stands here, which a key named include, with its equals sign, is not.</summary>
    /// <exception cref="HoconException">It begins as an include and goes on as none.</exception>
    public static HoconInclude? TryRead(HoconTokenReader tokens)
    {
        if (tokens.Current is not { Kind: HoconTokenKind.Unquoted, Text: "include" } || !tokens.Next.IsText)
        {
            return null;
        }

        tokens.Advance();
        string opening = ReadUnquoted(tokens);
        if (opening is not ("" or "file(" or "required(" or "required(file(")
            || tokens.Current.Kind != HoconTokenKind.Quoted)
        {
            throw tokens.Unexpected(Forms);
        }

        string name = tokens.Advance().Text;
        string closing = ReadUnquoted(tokens);
        return closing == new string(')', opening.Count(c => c == '('))
            ? new HoconInclude(name, opening.StartsWith("required", StringComparison.Ordinal))
            : throw tokens.Unexpected(Forms);
    }

    private static string ReadUnquoted(HoconTokenReader tokens)
    {
        string text = "";
        while (tokens.Current.Kind == HoconTokenKind.Unquoted)
        {
            text += tokens.Advance().Text;
        }

        return text;
    }
}
