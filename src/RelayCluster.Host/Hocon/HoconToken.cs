namespace RelayCluster.Host.Hocon;

/// <summary>A token, the blanks before it on its line, and where it starts.</summary>
internal readonly record struct HoconToken(HoconTokenKind Kind, string Text, string Blanks, HoconPosition Position)
{
    private const int MaxShown = 40;

    /// <summary>Whether the token is text, in quotes or without.</summary>
    public bool IsText => Kind is HoconTokenKind.Quoted or HoconTokenKind.Unquoted;

    /// <summary>How an error names the token.</summary>
    public string Describe() => Kind switch
    {
        HoconTokenKind.Newline => "the end of the line",
        HoconTokenKind.End => "the end of the file",
        HoconTokenKind.Quoted => $"the string \"{Shorten(Text)}\"",
        _ => $"'{Shorten(Text)}'",
    };

    private static string Shorten(string text) => text.Length <= MaxShown ? text : $"{text.AsSpan(0, MaxShown)}...";
}
