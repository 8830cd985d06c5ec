namespace RelayCluster.Host.Tests.Hocon;

public sealed class HoconIncludeTests
{
    [Theory]
    [InlineData("include \"b.conf\"")]
    [InlineData("include file(\"b.conf\")")]
    [InlineData("include required(\"b.conf\")")]
    [InlineData("include required(file(\"b.conf\"))")]
    [InlineData("include required( file( \"b.conf\" ) )")]
    public void The_fields_of_the_file_are_taken_over(string include) =>
        Assert.Equal("{x:1,b:2,y:3}", HoconText.Read($"x = 1\n{include}\ny = 3", ("b.conf", "b = 2")));

    [Fact]
    public void What_comes_after_goes_over_the_file_and_the_file_over_what_came_before() =>
        Assert.Equal("{a:2,b:3}", HoconText.Read("a = 1\ninclude \"b.conf\"\nb = 3", ("b.conf", "a = 2, b = 2")));

    [Fact]
    public void A_name_counts_from_the_including_file() =>
        Assert.Equal(
            "{c:1}",
            HoconText.Read("include \"d/b.conf\"", ("d/b.conf", "include \"c.conf\""), ("d/c.conf", "c = 1")));

    [Fact]
    public void Paths_in_a_file_are_looked_up_where_it_is_included_and_then_at_the_root() =>
        Assert.Equal(
            "{up:9,a:{x:1,y:1,z:9}}",
            HoconText.Read("up = 9\na { include \"b.conf\" }", ("b.conf", "x = 1, y = ${x}, z = ${up}")));

    [Fact]
    public void A_file_can_append_to_a_list_of_the_including_one() =>
        Assert.Equal("{r:{a:[1,2]}}", HoconText.Read("r { a = [1], include \"b.conf\" }", ("b.conf", "a += 2")));

    [Fact]
    public void A_file_that_is_not_there_is_empty_unless_it_is_required()
    {
        Assert.Equal("{}", HoconText.Read("include \"no.conf\""));
        Assert.Equal(
            "test.conf:2:1: expected a file to include, no.conf cannot be read: no such file",
            HoconText.Fail("\ninclude required(\"no.conf\")"));
    }

    [Theory]
    [InlineData("test.conf", "test.conf")]
    [InlineData("./test.conf", "./test.conf")]
    [InlineData("b.conf", "./x/../test.conf")]
    public void A_circle_is_an_error(string first, string second)
    {
        string message = HoconText.Fail($"include \"{first}\"", ("b.conf", $"include \"{second}\""));
        Assert.Contains("expected a file that does not include itself", message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_in_an_included_file_names_that_file() =>
        Assert.StartsWith(
            "b.conf:2:3: ",
            HoconText.Fail("include \"b.conf\"", ("b.conf", "\na b")),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("include \"\"")]
    [InlineData("include required(\"\")")]
    [InlineData("include \"\\u0000\"")]
    public void A_name_that_no_file_has_is_refused(string include) =>
        Assert.Equal(
            "test.conf:1:1: expected a file to include, found a name that no file has", HoconText.Fail(include));

    [Theory]
    [InlineData("include url(\"http://x\")")]
    [InlineData("include required(\"b.conf\"")]
    [InlineData("include \"b.conf\" x")]
    [InlineData("include b.conf")]
    public void Other_forms_are_errors_that_show_the_right_ones(string text) =>
        Assert.Contains("expected include \"file\", file(\"file\")", HoconText.Fail(text), StringComparison.Ordinal);
}
