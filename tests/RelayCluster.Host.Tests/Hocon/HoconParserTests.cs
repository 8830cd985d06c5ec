namespace RelayCluster.Host.Tests.Hocon;

public sealed class HoconParserTests
{
    [Theory]
    [InlineData("", "{}")]
    [InlineData("\n # nothing\n", "{}")]
    [InlineData("{}", "{}")]
    [InlineData("\n{ a = 1 }\n", "{a:1}")]
    [InlineData("{\"a\": 1, \"b\": {\"c\": [true, null]}}", "{a:1,b:{c:[true,null]}}")]
    public void The_braces_of_the_root_may_be_left_out_and_json_is_hocon(string text, string expected) =>
        Assert.Equal(expected, HoconText.Read(text));

    [Theory]
    [InlineData("a = 1, b = 2", "{a:1,b:2}")]
    [InlineData("a = 1\nb = 2", "{a:1,b:2}")]
    [InlineData("a = 1,\n\nb = 2,\n", "{a:1,b:2}")]
    [InlineData("a = [1, 2\n3,\n]", "{a:[1,2,3]}")]
    [InlineData("a = []", "{a:[]}")]
    [InlineData("a = [{b = 1} {c = 2}, [3]]", "{a:[{b:1,c:2},[3]]}")]
    public void A_comma_or_a_new_line_separates(string text, string expected) =>
        Assert.Equal(expected, HoconText.Read(text));

    [Theory]
    [InlineData("a : 1", "{a:1}")]
    [InlineData("a=1", "{a:1}")]
    [InlineData("a =\n 1", "{a:1}")]
    [InlineData("a { b = 1 }", "{a:{b:1}}")]
    [InlineData("a\n{ b = 1 }", "{a:{b:1}}")]
    [InlineData("a.b.c = 1", "{a:{b:{c:1}}}")]
    [InlineData("a.\"b.c\".d = 1", "{a:{b.c:{d:1}}}")]
    [InlineData("\"\" = 1", "{:1}")]
    [InlineData("include = 1", "{include:1}")]
    public void Keys_are_paths(string text, string expected) => Assert.Equal(expected, HoconText.Read(text));

    [Theory]
    [InlineData("a = b c   d", "{a:b c   d}")]
    [InlineData("a = b   # comment", "{a:b}")]
    [InlineData("a = \"b \" c", "{a:b  c}")]
    [InlineData("a = 10 \"s\"", "{a:10 s}")]
    [InlineData("a = /var/log/x-1.log", "{a:/var/log/x-1.log}")]
    public void Texts_side_by_side_are_one_with_their_blanks(string text, string expected) =>
        Assert.Equal(expected, HoconText.Read(text));

    [Theory]
    [InlineData("a = 1\na = 2", "{a:2}")]
    [InlineData("a = {b = 1, c = 1}\na = {c = 2}", "{a:{b:1,c:2}}")]
    [InlineData("a.b = 1\na { c = 2 }", "{a:{b:1,c:2}}")]
    [InlineData("a = {b = 1}\na = 2\na = {c = 3}", "{a:{c:3}}")]
    [InlineData("a = [1]\na = [2]", "{a:[2]}")]
    [InlineData("a = {b = 1} {b = 2, c = 3}", "{a:{b:2,c:3}}")]
    [InlineData("a = [1] [2, 3]", "{a:[1,2,3]}")]
    public void Objects_merge_and_anything_else_is_replaced(string text, string expected) =>
        Assert.Equal(expected, HoconText.Read(text));

    [Theory]
    [InlineData("a += 1", "{a:[1]}")]
    [InlineData("a = [1]\na += 2\na += 3", "{a:[1,2,3]}")]
    [InlineData("a.b = [x]\na { b += y }", "{a:{b:[x,y]}}")]
    public void Plus_equals_appends_to_a_list(string text, string expected) =>
        Assert.Equal(expected, HoconText.Read(text));

    [Theory]
    [InlineData("a 1", "test.conf:1:3: expected '=', ':', '+=' or '{' after the key 'a', found '1'")]
    [InlineData("a", "test.conf:1:2: expected '=', ':', '+=' or '{' after the key 'a', found the end of the file")]
    [InlineData("a\nb = 1", "test.conf:1:2: expected '=', ':', '+=' or '{' after the key 'a', found the end of " +
        "the line")]
    [InlineData("a =", "test.conf:1:4: expected a value, found the end of the file")]
    [InlineData("a { b = \n }", "test.conf:2:2: expected a value, found '}'")]
    [InlineData("a { b = 1", "test.conf:1:10: expected a comma or a new line after the value, found the end " +
        "of the file")]
    [InlineData("a {", "test.conf:1:4: expected a key or '}', found the end of the file")]
    [InlineData("}", "test.conf:1:1: expected a key or the end of the file, found '}'")]
    [InlineData("{} x", "test.conf:1:4: expected the end of the file, found 'x'")]
    [InlineData("a = [1", "test.conf:1:7: expected a comma, a new line or ']' after the value, found the end " +
        "of the file")]
    [InlineData("a = [1,,2]", "test.conf:1:8: expected a value, found ','")]
    [InlineData("a = 1,,b = 2", "test.conf:1:7: expected a key or the end of the file, found ','")]
    [InlineData("a..b = 1", "test.conf:1:1: expected a key before and after each '.'")]
    [InlineData("a. = 1", "test.conf:1:1: expected a key before and after each '.'")]
    [InlineData("[1]", "test.conf:1:1: expected a key or the end of the file, found '['")]
    [InlineData("a = h:1", "test.conf:1:6: expected a comma or a new line after the value, found ':'; " +
        "a value with ':' in it needs quotes")]
    [InlineData("a = ${b", "test.conf:1:8: expected '}' after the path 'b', found the end of the file")]
    [InlineData("a = ${}", "test.conf:1:7: expected a path, found '}'")]
    [InlineData("a = [{b += 1}]", "test.conf:1:9: expected '=' or ':'; '+=' has no meaning inside a list")]
    public void An_error_tells_where_and_what_was_expected(string text, string message) =>
        Assert.Equal(message, HoconText.Fail(text));

    [Theory]
    [InlineData("a = 1 {b = 2}", "test.conf:1:5: expected only objects side by side, found a text too")]
    [InlineData("a = [1] {b = 2}", "test.conf:1:9: expected only lists side by side, found an object too")]
    public void Values_of_different_kinds_do_not_go_side_by_side(string text, string message) =>
        Assert.Equal(message, HoconText.Fail(text));

    [Fact]
    public void Nesting_is_bounded()
    {
        string deep = "a = " + new string('[', 10_000);
        Assert.Contains("expected at most 64 levels", HoconText.Fail(deep), StringComparison.Ordinal);
        string path = string.Join('.', Enumerable.Repeat("a", 10_000)) + " = 1";
        Assert.Contains("expected at most 64 keys", HoconText.Fail(path), StringComparison.Ordinal);
    }
}
