using FsCheck;
using FsCheck.Fluent;
using RelayCluster.Host.Hocon;

namespace RelayCluster.Host.Tests.Hocon;

public sealed class HoconProperties
{
    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(2000);

    /// <summary>
    /// Pieces of the language in any order: far more of the parser is reached than by random characters.
    /// </summary>
    private static readonly Gen<string> Pieces = Gen.Elements(
        "a", "b", ".", "=", ":", "+=", "{", "}", "[", "]", ",", "\n", " ", "\"", "\"\"\"", "x y", "${", "${?", "$",
        "include ", "\"test.conf\"", "required(", "file(", ")", "#", "//", "\\", "\\u12", "null", "1s",
        "a.b", "\t", "*",
        "a = 1", "b = ${a}", "a { ", "a = ${?b} ");

    [Fact]
    public void Any_pieces_in_any_order_are_read_or_refused_by_the_one_exception() =>
        Prop.ForAll(Pieces.ListOf().Select(string.Concat).ToArbitrary(), ReadsOrRefuses).Check(Thorough);

    [Fact]
    public void Any_characters_are_read_or_refused_by_the_one_exception() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text => ReadsOrRefuses(text ?? "")).Check(Thorough);

    [Fact]
    public void Every_beginning_of_a_file_is_read_or_refused_by_the_one_exception()
    {
        const string File =
            "a { b.\"c\" = [1, \"x\\n\", \"\"\"y\"\"\"], d = ${a.b} ${?e} }\ninclude \"n\" # c\nf += 1s\n";
        Assert.All(Enumerable.Range(0, File.Length), length => ReadsOrRefuses(File[..length]));
    }

    [Fact]
    public void A_string_in_quotes_reads_as_what_was_quoted() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
        {
            text ??= "";
            string quoted = string.Concat(text.Select(c => $"\\u{(int)c:x4}"));
            return HoconText.Read($"a = \"{quoted}\"") == $"{{a:{text}}}";
        }).Check(Thorough);

    private static bool ReadsOrRefuses(string text)
    {
        try
        {
            HoconText.Read(text);
        }
        catch (HoconException e)
        {
            Assert.StartsWith(HoconText.File, e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', e.Message);
        }

        return true;
    }
}
