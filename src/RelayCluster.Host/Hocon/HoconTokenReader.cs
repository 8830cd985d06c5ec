namespace RelayCluster.Host.Hocon;

/// <summary>The tokens of a file, read one by one.</summary>
internal sealed class HoconTokenReader
{
    private readonly List<HoconToken> _tokens;
    private int _index;

    public HoconTokenReader(List<HoconToken> tokens)
    {
        _tokens = tokens;
    }

    public HoconToken Current => _tokens[_index];

    /// <summary>The token after the current one; at the end, the end again.</summary>
    public HoconToken Next => _tokens[Math.Min(_index + 1, _tokens.Count - 1)];

    /// <summary>Takes the current token; the end stays.</summary>
    public HoconToken Advance()
    {
        HoconToken token = Current;
        _index = Math.Min(_index + 1, _tokens.Count - 1);
        return token;
    }

    public void SkipNewlines()
    {
        while (Current.Kind == HoconTokenKind.Newline)
        {
            _index++;
        }
    }

    /// <summary>The first token from the current one on that is no line's end.</summary>
    public HoconToken PeekPastNewlines()
    {
        int index = _index;
        while (_tokens[index].Kind == HoconTokenKind.Newline)
        {
            index++;
        }

        return _tokens[index];
    }

    /// <summary>Takes what separates two values: new lines, one comma among them at most.</summary>
    public bool TrySkipSeparator()
    {
        int before = _index;
        SkipNewlines();
        if (Current.Kind == HoconTokenKind.Comma)
        {
            _index++;
            SkipNewlines();
        }

        return _index > before;
    }

    /// <summary>The error of finding the current token where something else should be.</summary>
    public HoconException Unexpected(string expected)
    {
        string hint = Current.Kind is HoconTokenKind.Colon or HoconTokenKind.EqualsSign
            ? $"; a value with {Current.Describe()} in it needs quotes"
            : "";
        return new HoconException(Current.Position, $"expected {expected}, found {Current.Describe()}{hint}");
    }

    /// <summary>How an error names what ends a list of fields.</summary>
    public static string Describe(HoconTokenKind end) => end == HoconTokenKind.End ? "the end of the file" : "'}'";
}
