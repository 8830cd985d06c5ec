using RelayCluster.Host.Hocon;

namespace RelayCluster.Host.Tests.Hocon;

public sealed class HoconTokenizerTests
{
    [Fact]
    public void A_line_is_cut_at_blanks_and_characters_with_a_meaning()
    {
        List<HoconToken> tokens = HoconTokenizer.Tokenize("f", "a.b = [1 , \"x y\"] # why\n");

        Assert.Equal(
            [
                HoconTokenKind.Unquoted, HoconTokenKind.EqualsSign, HoconTokenKind.OpenBracket, HoconTokenKind.Unquoted,
                HoconTokenKind.Comma, HoconTokenKind.Quoted, HoconTokenKind.CloseBracket, HoconTokenKind.Newline,
                HoconTokenKind.End,
            ],
            tokens.Select(token => token.Kind));
        Assert.Equal(["a.b", "=", "[", "1", ",", "x y", "]", "\n", ""], tokens.Select(token => token.Text));
    }

    [Fact]
    public void A_token_keeps_the_blanks_before_it_and_knows_where_it_stands()
    {
        HoconToken token = HoconTokenizer.Tokenize("f", "a\n  \t b")[2];

        Assert.Equal("  \t ", token.Blanks);
        Assert.Equal("f:2:5", token.Position.ToString());
    }

    [Theory]
    [InlineData("# all\na", "a")]
    [InlineData("// all\na", "a")]
    [InlineData("a//b", "a")]
    [InlineData("a#b", "a")]
    [InlineData("a/b", "a/b")]
    [InlineData("\uFEFFa", "a")]
    [InlineData("a\r\n", "a")]
    public void Comments_and_carriage_returns_are_not_part_of_a_text(string text, string expected)
    {
        HoconToken token = Assert.Single(HoconTokenizer.Tokenize("f", text), token => token.IsText);
        Assert.Equal(expected, token.Text);
    }

    [Theory]
    [InlineData("\"\"", "")]
    [InlineData("\"a # b // c = {\"", "a # b // c = {")]
    [InlineData("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t")]
    [InlineData("\"\\u00e9\\u20AC\"", "é€")]
    [InlineData("\"\"\"a \"b\" \\n\nc\"\"\"", "a \"b\" \\n\nc")]
    [InlineData("\"\"\"\"quoted\"\"\"\"", "\"quoted\"")]
    public void Strings_are_unescaped(string text, string expected)
    {
        HoconToken token = HoconTokenizer.Tokenize("f", text)[0];
        Assert.Equal((HoconTokenKind.Quoted, expected), (token.Kind, token.Text));
    }

    [Fact]
    public void Lines_inside_a_triple_quoted_string_are_counted()
    {
        Assert.Equal("f:3:6", HoconTokenizer.Tokenize("f", "\"\"\"\n\nab\"\"\"x")[1].Position.ToString());
    }

    [Theory]
    [InlineData("+=", HoconTokenKind.PlusEquals)]
    [InlineData("${", HoconTokenKind.OpenSubstitution)]
    [InlineData("${?", HoconTokenKind.OpenOptionalSubstitution)]
    [InlineData("1.5e+3", HoconTokenKind.Unquoted)]
    public void Characters_that_belong_together_are_one_token(string text, object kind)
    {
        HoconToken token = HoconTokenizer.Tokenize("f", text)[0];
        Assert.Equal(kind, token.Kind);
        Assert.Equal(text, token.Text);
    }

    [Theory]
    [InlineData("a = \"b", "f:1:5: expected '\"' at the end of the string, before the end of the line")]
    [InlineData("a = \"b\nc\"", "f:1:5: expected '\"' at the end of the string, before the end of the line")]
    [InlineData("a = \"b\\", "f:1:5: expected '\"' at the end of the string")]
    [InlineData("a = \"\"\"b\"\"", "f:1:5: expected '\"\"\"' at the end of the string")]
    [InlineData("\n\"\\x\"", "f:2:3: expected one of \" \\ / b f n r t u after '\\'")]
    [InlineData("\"\\u12\"", "f:1:3: expected four hexadecimal digits after '\\u'")]
    [InlineData("a = $b", "f:1:5: expected '{' after '$'; a dollar sign of its own needs quotes")]
    [InlineData("a = *", "f:1:5: expected a key or a value; '*' needs quotes around it")]
    public void An_error_tells_where_and_what_was_expected(string text, string message)
    {
        HoconException e = Assert.Throws<HoconException>(() => HoconTokenizer.Tokenize("f", text));
        Assert.Equal(message, e.Message);
    }
}
