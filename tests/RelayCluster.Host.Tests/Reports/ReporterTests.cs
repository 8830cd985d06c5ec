using System.Net;
using RelayCluster.Host.Reports;
using RelayCluster.Host.Terminal;
using RelayCluster.Wire;
using Spectre.Console;

namespace RelayCluster.Host.Tests.Reports;

public sealed class ReporterTests : IDisposable
{
    private static readonly Fixed32 Key =
        Fixed32.Parse("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");

    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    [Fact]
    public void Results_and_remarks_go_their_ways()
    {
        new Reporter(Terminal(), isJson: false).Tell(new TestnetReport(2, ["127.0.0.1:1", "127.0.0.1:2"]));

        Assert.Equal("127.0.0.1:1\n127.0.0.1:2\n", _output.ToString());
        Assert.Equal("a private DHT of 2 nodes is up; Ctrl+C ends it\n", _error.ToString());
    }

    [Fact]
    public void Where_output_is_taken_all_goes_to_standard_error()
    {
        new Reporter(Terminal(), isJson: false, isOutputTaken: true).Tell(new ListeningReport(Key, null));

        Assert.Equal("", _output.ToString());
        Assert.Equal($"{Key}\n", _error.ToString());
    }

    [Fact]
    public void As_JSON_a_report_is_one_line_with_its_event_first_and_nothing_that_is_not_there()
    {
        var reporter = new Reporter(Terminal(), isJson: true);

        reporter.Tell(new PeerReport(Key, [new IPEndPoint(IPAddress.Loopback, 1)], new IPEndPoint(IPAddress.Loopback, 2)));
        reporter.Tell(new ClosedReport(1, 2, 3, Reason: null));
        reporter.Tell(new FaultReport("it's \"<broken>\"\n"));

        Assert.Equal(
            $$"""
            {"event":"peer","publicKey":"{{Key}}","relayAddresses":["127.0.0.1:1"],"from":"127.0.0.1:2"}
            {"event":"closed","connection":1,"sent":2,"received":3}
            {"event":"error","message":"it's \"<broken>\"\n"}

            """,
            _output.ToString());
        Assert.Equal("", _error.ToString());
    }

    [Fact]
    public async Task On_a_narrow_terminal_a_key_is_still_one_word_beside_the_status()
    {
        var reporter = new Reporter(Terminal(isTerminal: true), isJson: false);

        await reporter.ShowAsync("looking [for it]", _ =>
        {
            reporter.Tell(new KeyReport(Key, SecretKey: null, "a.key"));
            return Task.CompletedTask;
        });

        Assert.Contains("looking [for it]", _error.ToString(), StringComparison.Ordinal);
        Assert.Equal($"{Key}\n", _output.ToString());
        Assert.Contains("the secret key is in a.key, for your eyes only\n", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_terminal_no_status_is_shown()
    {
        var reporter = new Reporter(Terminal(), isJson: false);

        Assert.Equal(1, await reporter.ShowAsync("looking", show =>
        {
            show("looking on");
            return Task.FromResult(1);
        }));

        Assert.Equal("", _error.ToString());
    }

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1 KiB")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(5L << 40, "5 TiB")]
    [InlineData(5L << 50, "5120 TiB")]
    public void Bytes_are_counted_in_units_that_people_use(long bytes, string expected) =>
        Assert.Equal(expected, ByteCount.Format(bytes));

    private CommandTerminal Terminal(bool isTerminal = false) => new(
        _output,
        _error,
        openStatus: () => isTerminal ? Narrow(_error) : null);

    private static IAnsiConsole Narrow(TextWriter writer)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            Interactive = InteractionSupport.Yes,
            Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = 30;
        return console;
    }
}
