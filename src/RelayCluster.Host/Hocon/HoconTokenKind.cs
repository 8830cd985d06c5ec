namespace RelayCluster.Host.Hocon;

/// <summary>
/// What a token is. Blanks are no token: each token keeps those before it, since they can be part of a value.
/// </summary>
internal enum HoconTokenKind
{
    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,
    Comma,
    Colon,
    EqualsSign,
    PlusEquals,
    Newline,

    /// <summary>Text without quotes, up to the next character with a meaning of its own.</summary>
    Unquoted,

    /// <summary>The content of a string in one or three double quotes, unescaped.</summary>
    Quoted,

    /// <summary><c>${</c>; a path and a closing brace follow.</summary>
    OpenSubstitution,

    /// <summary><c>${?</c>: the same, but what is undefined is left out instead of being an error.</summary>
    OpenOptionalSubstitution,

    End,
}
