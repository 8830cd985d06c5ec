using System.Globalization;
using System.Text;

namespace RelayCluster.Host.Hocon;

/// <summary>
/// Cuts a text into tokens: the lexical half of HOCON (lightbend/config, HOCON.md). Comments vanish here, escapes are
/// undone here, and every character that HOCON keeps for itself is refused here.
/// </summary>
internal sealed class HoconTokenizer
{
    private const string Forbidden = "`^?!@*&\\";
    private const string Meaningful = "$\"{}[]:=,#" + Forbidden;

    private readonly string _file;
    private readonly string _text;
    private readonly List<HoconToken> _tokens = [];
    private int _offset;
    private int _line = 1;
    private int _lineStart;

    private HoconTokenizer(string file, string text)
    {
        _file = file;
        _text = text;
    }

    /// <summary>All tokens of a text, the last being <see cref="HoconTokenKind.End"/>.</summary>
    /// <exception cref="HoconException">A string is not closed, or a character must not stand there.</exception>
    public static List<HoconToken> Tokenize(string file, string text)
    {
        var tokenizer = new HoconTokenizer(file, text);
        while (tokenizer.ReadToken())
        {
        }

        return tokenizer._tokens;
    }

    private HoconPosition Here => new(_file, _line, _offset - _lineStart + 1);

    private bool ReadToken()
    {
        string blanks = ReadBlanks();
        SkipComment();
        HoconPosition position = Here;
        if (_offset == _text.Length)
        {
            _tokens.Add(new HoconToken(HoconTokenKind.End, "", blanks, position));
            return false;
        }

        (HoconTokenKind kind, string text) = Read(position);
        _tokens.Add(new HoconToken(kind, text, blanks, position));
        if (kind == HoconTokenKind.Newline)
        {
            StartLine();
        }

        return true;
    }

    private (HoconTokenKind Kind, string Text) Read(HoconPosition position) => _text[_offset] switch
    {
        '\n' => Take(HoconTokenKind.Newline, 1),
        '{' => Take(HoconTokenKind.OpenBrace, 1),
        '}' => Take(HoconTokenKind.CloseBrace, 1),
        '[' => Take(HoconTokenKind.OpenBracket, 1),
        ']' => Take(HoconTokenKind.CloseBracket, 1),
        ',' => Take(HoconTokenKind.Comma, 1),
        ':' => Take(HoconTokenKind.Colon, 1),
        '=' => Take(HoconTokenKind.EqualsSign, 1),
        '+' when Sees("+=") => Take(HoconTokenKind.PlusEquals, 2),
        '$' when Sees("${?") => Take(HoconTokenKind.OpenOptionalSubstitution, 3),
        '$' when Sees("${") => Take(HoconTokenKind.OpenSubstitution, 2),
        '$' => throw new HoconException(position, "expected '{' after '$'; a dollar sign of its own needs quotes"),
        '"' when Sees("\"\"\"") => (HoconTokenKind.Quoted, ReadTripleQuoted(position)),
        '"' => (HoconTokenKind.Quoted, ReadQuoted(position)),
        char c when Forbidden.Contains(c, StringComparison.Ordinal) =>
            throw new HoconException(position, $"expected a key or a value; '{c}' needs quotes around it"),
        _ => (HoconTokenKind.Unquoted, ReadUnquoted()),
    };

    private (HoconTokenKind Kind, string Text) Take(HoconTokenKind kind, int length)
    {
        string text = _text.Substring(_offset, length);
        _offset += length;
        return (kind, text);
    }

    private bool Sees(string text) => string.CompareOrdinal(_text, _offset, text, 0, text.Length) == 0;

    private void StartLine()
    {
        _line++;
        _lineStart = _offset;
    }

    private string ReadBlanks()
    {
        int start = _offset;
        while (_offset < _text.Length && _text[_offset] != '\n' && IsBlank(_text[_offset]))
        {
            _offset++;
        }

        return _text[start.._offset];
    }

    private void SkipComment()
    {
        if (Sees("#") || Sees("//"))
        {
            int end = _text.IndexOf('\n', _offset);
            _offset = end < 0 ? _text.Length : end;
        }
    }

    private string ReadUnquoted()
    {
        int start = _offset;
        while (_offset < _text.Length
            && !IsBlank(_text[_offset])
            && !Meaningful.Contains(_text[_offset], StringComparison.Ordinal)
            && !Sees("//")
            && !Sees("+="))
        {
            _offset++;
        }

        return _text[start.._offset];
    }

    private string ReadQuoted(HoconPosition position)
    {
        var content = new StringBuilder();
        _offset++;
        while (_offset < _text.Length && _text[_offset] != '\n')
        {
            char c = _text[_offset++];
            if (c == '"')
            {
                return content.ToString();
            }

            content.Append(c == '\\' ? ReadEscape(position) : c);
        }

        throw new HoconException(position, "expected '\"' at the end of the string, before the end of the line");
    }

    private char ReadEscape(HoconPosition start)
    {
        HoconPosition position = Here;
        if (_offset == _text.Length)
        {
            throw new HoconException(start, "expected '\"' at the end of the string");
        }

        return _text[_offset++] switch
        {
            '"' => '"',
            '\\' => '\\',
            '/' => '/',
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => ReadUnicodeEscape(position),
            _ => throw new HoconException(position, "expected one of \" \\ / b f n r t u after '\\'"),
        };
    }

    private char ReadUnicodeEscape(HoconPosition position)
    {
        if (_offset + 4 <= _text.Length
            && ushort.TryParse(_text.AsSpan(_offset, 4), NumberStyles.AllowHexSpecifier, null, out ushort code))
        {
            _offset += 4;
            return (char)code;
        }

        throw new HoconException(position, "expected four hexadecimal digits after '\\u'");
    }

    private string ReadTripleQuoted(HoconPosition position)
    {
        int start = _offset + 3;
        int end = _text.IndexOf("\"\"\"", start, StringComparison.Ordinal);
        if (end < 0)
        {
            throw new HoconException(position, "expected '\"\"\"' at the end of the string");
        }

        // Of a longer row of quotes the last three close; those before them belong to the string.
        while (end + 3 < _text.Length && _text[end + 3] == '"')
        {
            end++;
        }

        for (_offset = start; _offset < end;)
        {
            if (_text[_offset++] == '\n')
            {
                StartLine();
            }
        }

        _offset = end + 3;
        return _text[start..end];
    }

    private static bool IsBlank(char c) => char.IsWhiteSpace(c) || c == '\uFEFF';
}
