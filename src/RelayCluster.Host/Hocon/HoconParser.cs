namespace RelayCluster.Host.Hocon;

/// <summary>
/// Builds the tree of one file from its tokens: the grammar of HOCON (lightbend/config, HOCON.md).
/// <code>
/// file   = "{" fields "}" | fields
/// fields = field { ("," | newline) field }
/// field  = path ("=" | ":" | "+=") value | path object | "include" name
/// value  = part { part }                        parts side by side join
/// part   = text | object | "[" value { ("," | newline) value } "]" | "${" ["?"] path "}"
/// path   = key { "." key }
/// </code>
/// An assignment to a key that has a value goes through <see cref="HoconValue.Combine"/> at once; substitutions stay in
/// the tree for the <see cref="HoconResolver"/>. Left out of HOCON on purpose: keys with blanks and no quotes (a
/// missing equals sign is the likelier reading), and includes from URLs and class paths.
/// </summary>
internal sealed class HoconParser
{
    /// <summary>How deep objects and lists may nest in a file.</summary>
    public const int MaxDepth = 64;

    private readonly HoconTokenReader _tokens;
    private readonly HoconFileSet _files;
    private readonly HoconPath _scope;
    private int _depth;

    /// <param name="tokens">The file.</param>
    /// <param name="files">Where includes are found.</param>
    /// <param name="scope">Where the file is included; the root if it is not.</param>
    public HoconParser(HoconTokenReader tokens, HoconFileSet files, HoconPath scope)
    {
        _tokens = tokens;
        _files = files;
        _scope = scope;
    }

    /// <summary>Reads the whole file.</summary>
    /// <exception cref="HoconException">The file, or one that it includes, is not HOCON.</exception>
    public HoconObject ParseFile()
    {
        _tokens.SkipNewlines();
        HoconObject root;
        if (_tokens.Current.Kind == HoconTokenKind.OpenBrace)
        {
            root = ParseObject(HoconPath.Root);
            _tokens.SkipNewlines();
        }
        else
        {
            root = new HoconObject(_tokens.Current.Position);
            ParseFields(root, HoconPath.Root, HoconTokenKind.End);
        }

        if (_tokens.Current.Kind != HoconTokenKind.End)
        {
            throw _tokens.Unexpected("the end of the file");
        }

        return root;
    }

    private HoconObject ParseObject(HoconPath? path)
    {
        HoconToken open = Enter();
        var result = new HoconObject(open.Position);
        ParseFields(result, path, HoconTokenKind.CloseBrace);
        Leave();
        return result;
    }

    private void ParseFields(HoconObject target, HoconPath? path, HoconTokenKind end)
    {
        _tokens.SkipNewlines();
        while (_tokens.Current.Kind != end)
        {
            ParseField(target, path, end);
            if (_tokens.Current.Kind != end && !_tokens.TrySkipSeparator())
            {
                throw _tokens.Unexpected("a comma or a new line after the value");
            }
        }
    }

    private void ParseField(HoconObject target, HoconPath? path, HoconTokenKind end)
    {
        HoconToken start = _tokens.Current;
        if (HoconInclude.TryRead(_tokens) is { } include)
        {
            HoconPath scope = path is null ? _scope : _scope.Append(path);
            target.Assign(_files.Include(include, start.Position, scope));
            return;
        }

        HoconPath key = ParsePath($"a key or {HoconTokenReader.Describe(end)}");
        HoconPath? full = path?.Append(key);
        target.Assign(key, ParseAssignment(key, full));
    }

    private HoconValue ParseAssignment(HoconPath key, HoconPath? full)
    {
        if (_tokens.PeekPastNewlines().Kind is HoconTokenKind.EqualsSign or HoconTokenKind.Colon
            or HoconTokenKind.PlusEquals or HoconTokenKind.OpenBrace)
        {
            _tokens.SkipNewlines();
        }

        HoconToken token = _tokens.Current;
        switch (token.Kind)
        {
            case HoconTokenKind.OpenBrace:
                return ParseValue(full);
            case HoconTokenKind.EqualsSign or HoconTokenKind.Colon:
                _tokens.Advance();
                _tokens.SkipNewlines();
                return ParseValue(full);
            case HoconTokenKind.PlusEquals:
                _tokens.Advance();
                _tokens.SkipNewlines();
                return Append(token.Position, full, ParseValue(path: null));
            default:
                throw _tokens.Unexpected($"'=', ':', '+=' or '{{' after the key '{key}'");
        }
    }

    /// <summary><c>a += x</c> is short for <c>a = ${?a} [x]</c>.</summary>
    private HoconConcatenation Append(HoconPosition position, HoconPath? full, HoconValue item)
    {
        if (full is null)
        {
            throw new HoconException(position, "expected '=' or ':'; '+=' has no meaning inside a list");
        }

        var before = new HoconSubstitution(full, _scope, isOptional: true, position);
        return new HoconConcatenation([before, new HoconList([item], item.Position)], position);
    }

    private HoconValue ParseValue(HoconPath? path)
    {
        var parts = new List<HoconValue>();
        HoconToken first = _tokens.Current;
        for (HoconToken token = first; TryParsePart(path) is { } part; token = _tokens.Current)
        {
            if (parts.Count > 0 && token.Blanks.Length > 0)
            {
                parts.Add(new HoconScalar(token.Blanks, isQuoted: false, token.Position));
            }

            parts.Add(part);
        }

        return parts.Count switch
        {
            0 => throw _tokens.Unexpected("a value"),
            1 => parts[0],
            _ when parts.TrueForAll(part => part is HoconScalar) =>
                new HoconScalar(string.Concat(parts.Select(part => ((HoconScalar)part).Text)), true, first.Position),
            _ => new HoconConcatenation(parts, first.Position),
        };
    }

    private HoconValue? TryParsePart(HoconPath? path)
    {
        HoconToken token = _tokens.Current;
        switch (token.Kind)
        {
            case HoconTokenKind.OpenBrace:
                return ParseObject(path);
            case HoconTokenKind.OpenBracket:
                return ParseList();
            case HoconTokenKind.Quoted or HoconTokenKind.Unquoted:
                _tokens.Advance();
                return new HoconScalar(token.Text, token.Kind == HoconTokenKind.Quoted, token.Position);
            case HoconTokenKind.OpenSubstitution or HoconTokenKind.OpenOptionalSubstitution:
                return ParseSubstitution();
            default:
                return null;
        }
    }

    private HoconList ParseList()
    {
        HoconToken open = Enter();
        var items = new List<HoconValue>();
        _tokens.SkipNewlines();
        while (_tokens.Current.Kind != HoconTokenKind.CloseBracket)
        {
            items.Add(ParseValue(path: null));
            if (_tokens.Current.Kind != HoconTokenKind.CloseBracket && !_tokens.TrySkipSeparator())
            {
                throw _tokens.Unexpected("a comma, a new line or ']' after the value");
            }
        }

        Leave();
        return new HoconList(items, open.Position);
    }

    private HoconSubstitution ParseSubstitution()
    {
        HoconToken open = _tokens.Advance();
        HoconPath path = ParsePath("a path");
        if (_tokens.Current.Kind != HoconTokenKind.CloseBrace)
        {
            throw _tokens.Unexpected($"'}}' after the path '{path}'");
        }

        _tokens.Advance();
        bool isOptional = open.Kind == HoconTokenKind.OpenOptionalSubstitution;
        return new HoconSubstitution(path, _scope, isOptional, open.Position);
    }

    private HoconPath ParsePath(string expected)
    {
        HoconToken first = _tokens.Current;
        if (!first.IsText)
        {
            throw _tokens.Unexpected(expected);
        }

        var path = new HoconPathBuilder();
        do
        {
            path.Add(_tokens.Advance());
        }
        while (_tokens.Current.IsText && _tokens.Current.Blanks.Length == 0);
        return path.Build(first.Position);
    }

    private HoconToken Enter() => ++_depth <= MaxDepth
        ? _tokens.Advance()
        : throw new HoconException(_tokens.Current.Position, $"expected at most {MaxDepth} levels of braces");

    private void Leave()
    {
        _tokens.Advance();
        _depth--;
    }
}
