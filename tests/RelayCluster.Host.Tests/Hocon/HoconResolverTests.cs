namespace RelayCluster.Host.Tests.Hocon;

public sealed class HoconResolverTests
{
    [Theory]
    [InlineData("a = ${b}\nb = 1", "{a:1,b:1}")]
    [InlineData("a { b = ${a.c}, c = 1 }", "{a:{b:1,c:1}}")]
    [InlineData("a = x-${b}.y ${b}\nb = 1", "{a:x-1.y 1,b:1}")]
    [InlineData("a = ${b}\nb { c = 1 }", "{a:{c:1},b:{c:1}}")]
    [InlineData("a = ${b.\"c.d\"}\nb { c.d = 1, \"c.d\" = 2 }", "{a:2,b:{c:{d:1},c.d:2}}")]
    [InlineData("a = ${b} { c = 2 }\nb { c = 1, d = 1 }", "{a:{c:2,d:1},b:{c:1,d:1}}")]
    [InlineData("a = ${b} [2]\nb = [1]", "{a:[1,2],b:[1]}")]
    [InlineData("a = ${b.c}\nb = ${d}\nd { c = 1 }", "{a:1,b:{c:1},d:{c:1}}")]
    public void A_substitution_is_the_value_at_its_path(string text, string expected) =>
        Assert.Equal(expected, HoconText.Read(text));

    [Theory]
    [InlineData("a = ${b}\na { d = 2 }\nb { c = 1 }", "{a:{c:1,d:2},b:{c:1}}")]
    [InlineData("a { d = 2 }\na = ${b}\nb { c = 1 }", "{a:{d:2,c:1},b:{c:1}}")]
    [InlineData("a { c = 2 }\na = ${b}\nb = 1", "{a:1,b:1}")]
    [InlineData("a = ${b}\nb { c = 1 }\na.d = ${a.c}", "{a:{c:1,d:1},b:{c:1}}")]
    [InlineData("a = ${b}\na { c = 1, d = ${a.c} }\nb { e = 3 }", "{a:{e:3,c:1,d:1},b:{e:3}}")]
    public void What_a_substitution_gives_is_merged_like_what_stands_there(string text, string expected) =>
        Assert.Equal(expected, HoconText.Read(text));

    [Theory]
    [InlineData("a = 1\na = ${a}2", "{a:12}")]
    [InlineData("a = [1]\na = ${a} [2]\na = ${a} [3]", "{a:[1,2,3]}")]
    [InlineData("a { b = 1 }\na = ${a} { c = 2 }", "{a:{b:1,c:2}}")]
    [InlineData("a = 1\nb = ${a}\na = ${b}2", "{a:12,b:12}")]
    [InlineData("a = ${?a}x", "{a:x}")]
    public void A_value_that_refers_to_itself_means_what_the_key_had_before(string text, string expected) =>
        Assert.Equal(expected, HoconText.Read(text));

    [Theory]
    [InlineData("a = 1\na = ${?no}", "{a:1}")]
    [InlineData("a = ${?no}", "{}")]
    [InlineData("a = [${?no}, 1]", "{a:[1]}")]
    [InlineData("a = x${?no}y", "{a:xy}")]
    [InlineData("a = ${?no} ${?neither}", "{}")]
    [InlineData("a = ${?b}\nb = ${?a}", "{}")]
    public void What_is_optional_and_undefined_is_left_out(string text, string expected) =>
        Assert.Equal(expected, HoconText.Read(text));

    [Fact]
    public void What_no_file_defines_comes_from_the_environment()
    {
        var environment = new Dictionary<string, string> { ["PORT"] = "99", ["b"] = "not this" };

        Assert.Equal("{a:99,b:1,c:1}", HoconText.ReadWith(environment, "a = 1\na = ${?PORT}\nb = 1\nc = ${b}"));
        Assert.Equal("{PORT:99}", HoconText.ReadWith(environment, "PORT = ${PORT}"));
    }

    [Fact]
    public void A_value_from_the_environment_is_a_text_whatever_it_looks_like()
    {
        var environment = new Dictionary<string, string> { ["X"] = "{ a: [1] } # ${b}" };
        Assert.Equal("{a:{ a: [1] } # ${b}}", HoconText.ReadWith(environment, "a = ${X}"));
    }

    [Theory]
    [InlineData("x = 1\na = ${b.c}", "2:5", "b.c")]
    [InlineData("a = ${a}", "1:5", "a")]
    [InlineData("a = ${b}\nb = ${a}", "2:5", "a")]
    [InlineData("a { b = ${a} }", "1:9", "a")]
    public void An_undefined_value_is_an_error(string text, string place, string path) =>
        Assert.Equal(
            $"test.conf:{place}: expected '{path}' to be defined, by a file (other than by itself) or the environment",
            HoconText.Fail(text));

    [Fact]
    public void A_long_chain_of_references_is_an_error_and_no_stack_overflow()
    {
        string chain = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"a{i} = ${{a{i + 1}}}\n"));
        Assert.Contains("expected at most 1000 values", HoconText.Fail(chain), StringComparison.Ordinal);
        string appended = string.Concat(Enumerable.Repeat("a += 1\n", 20_000));
        Assert.Contains("expected at most 1000 values", HoconText.Fail(appended), StringComparison.Ordinal);
    }
}
