using System.Security.Cryptography;
using System.Text.RegularExpressions;
using RelayCluster.EndToEnd.Tests.Processes;

namespace RelayCluster.EndToEnd.Tests.Network;

[Collection(NetworkTestGroup.Name)]
public sealed partial class ConnectTests(PrivateNetwork network) : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [MemberData(nameof(PrivateNetwork.Routes), MemberType = typeof(PrivateNetwork))]
    public async Task Connect_and_listen_talk_both_ways_and_end_one_by_one(string route)
    {
        await using RelayProcess listen = RelayProcess.Start(["listen", .. network.Join(route)]);
        string key = (await listen.SaysAsync(Key())).Value;
        await using RelayProcess connect = RelayProcess.Start(["connect", key, .. network.Join(route)]);

        await connect.TypeAsync("question\n");
        await listen.PrintsAsync(Question());
        connect.CloseInput();
        await listen.TypeAsync("answer\n");
        await connect.PrintsAsync(Answer());
        listen.CloseInput();

        Assert.Equal(0, await connect.ExitAsync());
        await listen.SaysAsync(Ended());
        listen.Signal(NativeMethods.SigTerm);
        Assert.Equal(0, await listen.ExitAsync());
        Assert.Equal("question\n", listen.Output);
        Assert.Equal("answer\n", connect.Output);
    }

    [Theory]
    [InlineData("direct")]
    [InlineData("tcp")]
    public async Task Files_come_through_whole_both_ways(string route)
    {
        string upload = _directory.Random("upload", 3_000_000);
        string download = _directory.Random("download", 2_000_000);
        await using RelayProcess listen = RelayProcess.StartByShell(
            $"exec $relay < {download} > {_directory.File("uploaded")}", ["listen", .. network.Join(route)]);
        string key = (await listen.SaysAsync(Key())).Value;

        await using RelayProcess connect = RelayProcess.StartByShell(
            $"exec $relay < {upload} > {_directory.File("downloaded")}", ["connect", key, .. network.Join(route)]);

        Assert.Equal(0, await connect.ExitAsync());
        await listen.SaysAsync(Ended());
        Assert.Equal(Hash(upload), Hash(_directory.File("uploaded")));
        Assert.Equal(Hash(download), Hash(_directory.File("downloaded")));
    }

    [Fact]
    public async Task Who_listens_with_nothing_to_say_gets_all()
    {
        string upload = _directory.Random("upload", 3_000_000);
        await using RelayProcess listen = RelayProcess.StartByShell(
            $"exec $relay < /dev/null > {_directory.File("uploaded")}", ["listen", .. network.Join("direct")]);
        string key = (await listen.SaysAsync(Key())).Value;

        await using RelayProcess connect = RelayProcess.StartByShell(
            $"cat {upload} | $relay", ["connect", key, .. network.Join("direct")]);

        Assert.Equal(0, await connect.ExitAsync());
        await listen.SaysAsync(Ended());
        Assert.Equal(Hash(upload), Hash(_directory.File("uploaded")));
    }

    [Fact]
    public async Task Connect_ends_when_the_other_side_has_ended_though_nobody_ends_its_input()
    {
        await using RelayProcess listen = RelayProcess.Start(["listen", .. network.Join("direct")]);
        string key = (await listen.SaysAsync(Key())).Value;
        await using RelayProcess connect = RelayProcess.Start(["connect", key, .. network.Join("direct")]);
        await listen.TypeAsync("that is all\n");

        listen.CloseInput();

        Assert.Equal(0, await connect.ExitAsync());
        Assert.Equal("that is all\n", connect.Output);
    }

    [Fact]
    public async Task Connect_ends_when_nobody_reads_its_output_any_more()
    {
        await using RelayProcess listen = RelayProcess.StartByShell(
            "yes | $relay", ["listen", .. network.Join("direct")]);
        string key = (await listen.SaysAsync(Key())).Value;

        await using RelayProcess connect = RelayProcess.StartByShell(
            "$relay | head -n 1", ["connect", key, .. network.Join("direct")]);

        Assert.Equal(0, await connect.ExitAsync());
        Assert.Equal("y\n", connect.Output);
        Assert.Contains("standard output cannot be written to", connect.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(NativeMethods.SigInt, 130)]
    [InlineData(NativeMethods.SigTerm, 143)]
    public async Task Connect_that_a_signal_ends_says_so_and_the_other_side_goes_on(int signal, int expected)
    {
        await using RelayProcess listen = RelayProcess.Start(["listen", .. network.Join("direct")]);
        string key = (await listen.SaysAsync(Key())).Value;
        await using RelayProcess connect = RelayProcess.Start(["connect", key, .. network.Join("direct")]);
        await listen.SaysAsync(Open());

        connect.Signal(signal);

        Assert.Equal(expected, await connect.ExitAsync(TimeSpan.FromSeconds(5)));
        await listen.SaysAsync(Reset());
        listen.Signal(signal);
        Assert.Equal(0, await listen.ExitAsync(TimeSpan.FromSeconds(5)));
    }

    [Theory]
    [MemberData(nameof(PrivateNetwork.Routes), MemberType = typeof(PrivateNetwork))]
    public async Task A_server_that_has_ended_is_not_found_any_more(string route)
    {
        await using RelayProcess listen = RelayProcess.Start(
            ["listen", "--forward", "127.0.0.1:1", .. network.Join(route)]);
        string key = await listen.PrintsLineAsync();
        listen.Signal(NativeMethods.SigTerm);
        Assert.Equal(0, await listen.ExitAsync());

        Assert.Equal(
            (1, "", "relay: PEER_NOT_FOUND: Peer not found\n"),
            await RelayProcess.RunAsync(["connect", key, .. network.Join(route)]));
    }

    private static string Hash(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));

    [GeneratedRegex("[0-9a-f]{64}")]
    private static partial Regex Key();

    [GeneratedRegex("connection 1: open")]
    private static partial Regex Open();

    [GeneratedRegex("connection 1: ended")]
    private static partial Regex Ended();

    [GeneratedRegex("connection 1: ECONNRESET")]
    private static partial Regex Reset();

    [GeneratedRegex("question\n")]
    private static partial Regex Question();

    [GeneratedRegex("answer\n")]
    private static partial Regex Answer();
}
