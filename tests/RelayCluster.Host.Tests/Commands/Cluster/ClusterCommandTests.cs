using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using RelayCluster.Host.Tests.Endpoints;
using RelayCluster.Host.Tests.Hosting;
using RelayCluster.Host.Tests.Keys;

namespace RelayCluster.Host.Tests.Commands.Cluster;

/// <summary>The commands of <c>relay cluster</c> against a running relay.</summary>
public sealed class ClusterCommandTests
{
    private const string Options = "admin.port = 0, cluster.node-name = a";

    [Fact]
    public async Task Members_are_a_table_or_lines_of_JSON()
    {
        await using RunningRelay relay = await StartAsync();

        (int code, string output, string error) = await RunAsync(relay, "members");
        (_, string json, _) = await RunAsync(relay, "members --json");

        Assert.Equal((0, ""), (code, error));
        string[] lines = output.TrimEnd().Split('\n');
        Assert.StartsWith("NODE  STATE  VERSION  SESSIONS", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("a *   up ", lines[1], StringComparison.Ordinal);
        Assert.Equal(2, lines.Length);
        JsonElement member = Event(json, "member").GetProperty("member");
        Assert.Equal(("a", "up"), (member.GetProperty("name").GetString(), member.GetProperty("state").GetString()));
    }

    [Fact]
    public async Task Sessions_are_listed_and_one_is_shown_with_its_parts()
    {
        await using RunningRelay relay = await StartAsync();
        await using TestClient client = await TestClient.ConnectWebSocketAsync(relay);
        await client.AssertServedAsync();

        (_, string table, _) = await RunAsync(relay, "sessions");
        (_, string json, _) = await RunAsync(relay, "sessions --node a --json");
        (_, string tree, _) = await RunAsync(relay, "session a-1");
        (_, string treeJson, _) = await RunAsync(relay, "session a-1 --json");

        Assert.Contains("a-1  ", table, StringComparison.Ordinal);
        Assert.Contains("websocket  hyperswarm  custodial", table, StringComparison.Ordinal);
        JsonElement session = Event(json, "session").GetProperty("session");
        Assert.Equal("webSocket", session.GetProperty("transport").GetString());
        Assert.StartsWith("a-1  ", tree, StringComparison.Ordinal);
        Assert.Contains("├── servers: 0", tree, StringComparison.Ordinal);
        Assert.Contains("└── queries: 0", tree, StringComparison.Ordinal);
        Assert.Equal("a-1", Event(treeJson, "tree").GetProperty("session").GetProperty("id").GetString());
    }

    [Fact]
    public async Task Shards_and_lookups_are_listed()
    {
        await using RunningRelay relay = await StartAsync();

        (_, string shards, _) = await RunAsync(relay, "shards");
        (_, string lookups, _) = await RunAsync(relay, "lookups");

        Assert.Contains("sessions  a", shards, StringComparison.Ordinal);
        Assert.Contains("100 %", shards, StringComparison.Ordinal);
        Assert.StartsWith("TOPIC  NODE  STATE", lookups, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_is_drained_and_resumed()
    {
        await using RunningRelay relay = await StartAsync();

        (int drained, string output, string drain) = await RunAsync(relay, "drain a --timeout 90s");
        (_, string json, _) = await RunAsync(relay, "drain a --json");
        (_, string members, _) = await RunAsync(relay, "members");
        Assert.False(relay.Service.IsReady);
        (int resumed, _, string resume) = await RunAsync(relay, "resume a");

        Assert.Equal((0, "", "a is draining: 0 sessions may live for 1m 30s\n"), (drained, output, drain));
        Assert.Equal(30, Event(json, "node").GetProperty("timeout").GetDouble());
        Assert.Contains("a *   draining", members, StringComparison.Ordinal);
        Assert.Equal((0, "a is up, and has 0 sessions\n"), (resumed, resume));
        Assert.True(relay.Service.IsReady);
    }

    [Fact]
    public async Task A_session_is_kicked()
    {
        await using RunningRelay relay = await StartAsync();
        await using TestClient client = await TestClient.ConnectWebSocketAsync(relay);
        await client.AssertServedAsync();

        (int code, _, string error) = await RunAsync(relay, "kick a-1 --reason enough");

        Assert.Equal((0, "a-1 is closed\n"), (code, error));
        await client.AssertClosedAsync();
    }

    [Fact]
    public async Task Watch_tells_again_and_again_until_it_is_told_to_end()
    {
        await using RunningRelay relay = await StartAsync();
        using var json = CommandLineRun.Start($"cluster watch --json --interval 100ms --admin {relay.AdminAddress}");
        using var text = CommandLineRun.Start($"cluster watch --interval 100ms --admin {relay.AdminAddress}");

        await json.OutputLineAsync(2);
        await text.OutputLineAsync(5);

        Assert.Equal(0, await json.StopAsync());
        Assert.Equal(0, await text.StopAsync());
        Assert.All(json.Events(), e => Assert.Equal("fleet", e.GetProperty("event").GetString()));
        Assert.StartsWith("a *   up ", await text.OutputLineAsync(2), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("session a-9", "there is no session a-9")]
    [InlineData("kick a-9", "there is no session a-9")]
    [InlineData("drain z", "there is no node z in the fleet")]
    [InlineData("resume z", "there is no node z in the fleet")]
    [InlineData("sessions --node z", "there is no node z in the fleet")]
    public async Task What_is_not_there_is_one_line(string command, string expected)
    {
        await using RunningRelay relay = await StartAsync();

        Assert.Equal((1, "", $"relay: {expected}\n"), await RunAsync(relay, command));
        (int code, _, string json) = await RunAsync(relay, $"{command} --json");
        Assert.Equal((1, expected), (code, Event(json, "error").GetProperty("message").GetString()));
    }

    [Theory]
    [InlineData("members")]
    [InlineData("sessions")]
    [InlineData("kick a-1")]
    [InlineData("watch")]
    public async Task Nobody_there_is_one_line(string command)
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        int port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();

        using var run = CommandLineRun.Start($"cluster {command} --admin http://127.0.0.1:{port}");

        Assert.Equal(1, await run.ExitAsync());
        Assert.Equal(
            $"relay: no admin endpoint answers at http://127.0.0.1:{port}/: Connection refused; --admin has to be the "
            + "address of a node that runs with --admin-port\n",
            run.Error);
    }

    [Fact]
    public async Task Somebody_else_there_is_one_line()
    {
        await using RunningRelay relay = await StartAsync();
        using var run = CommandLineRun.Start($"cluster members --admin {relay.Address("")}");

        Assert.Equal(1, await run.ExitAsync());
        Assert.Equal(
            $"relay: what answers at {relay.Address("")} is no admin endpoint of a relay\n", run.Error);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" --token another-token-of-some-length")]
    public async Task A_wrong_token_is_one_line(string option)
    {
        await using RunningRelay relay = await StartAsync("admin.token = 0123456789abcdef");

        Assert.Equal(
            (1, "", $"relay: {relay.AdminAddress} does not take this token; --token, --token-file or "
                + "RELAY_ADMIN__TOKEN has to be its admin.token\n"),
            await RunAsync(relay, $"members{option}"));
    }

    [Fact]
    public async Task The_token_is_taken_from_the_command_line_or_a_file()
    {
        await using RunningRelay relay = await StartAsync("admin.token = 0123456789abcdef");
        using var directory = new TemporaryDirectory();
        string file = directory.File("token");
        await File.WriteAllTextAsync(file, "0123456789abcdef\n");

        Assert.Equal(0, (await RunAsync(relay, "members --token 0123456789abcdef")).Code);
        Assert.Equal(0, (await RunAsync(relay, $"members --token-file {file}")).Code);
    }

    private static async Task<RunningRelay> StartAsync(string more = "")
    {
        RunningRelay relay = await RunningRelay.StartAsync(file: $"{Options}\n{more}");
        await relay.Service.WaitUntilReadyAsync(default);
        return relay;
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(RunningRelay relay, string command)
    {
        using var run = CommandLineRun.Start($"cluster {command} --admin {relay.AdminAddress}");
        int code = await run.ExitAsync();
        return (code, run.Output, run.Error);
    }

    private static JsonElement Event(string line, string name)
    {
        JsonElement report = JsonDocument.Parse(line).RootElement;
        Assert.Equal(name, report.GetProperty("event").GetString());
        return report;
    }
}
