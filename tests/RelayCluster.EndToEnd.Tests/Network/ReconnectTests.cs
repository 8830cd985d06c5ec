using System.Text.RegularExpressions;
using RelayCluster.EndToEnd.Tests.Processes;
using RelayCluster.EndToEnd.Tests.Serving;

namespace RelayCluster.EndToEnd.Tests.Network;

/// <summary>A relay that goes away and comes back, as when it is updated.</summary>
[Collection(NetworkTestGroup.Name)]
public sealed partial class ReconnectTests(PrivateNetwork network)
{
    private const int MaxAttempts = 20;

    [Fact]
    public async Task A_server_behind_a_relay_listens_again_when_the_relay_is_back()
    {
        RelayProcess relay = StartRelay(0);
        RelayAddresses addresses = await relay.ListeningAsync();
        await Health.ReadyAsync(addresses);
        string[] through = ["--relay", $"ws://127.0.0.1:{addresses.WebSocketPort}"];
        await using RelayProcess listen = RelayProcess.Start(["listen", .. through]);
        string key = (await listen.SaysAsync(Key())).Value;
        await relay.DisposeAsync();
        await listen.SaysAsync(Lost());

        await using RelayProcess updated = StartRelay(addresses.WebSocketPort);
        await listen.SaysAsync(Back());
        await updated.ListeningAsync();
        await using RelayProcess connect = await ConnectAsync(key);
        await connect.TypeAsync("still there\n");

        await listen.PrintsAsync(StillThere());
    }

    [Fact]
    public async Task A_command_that_would_be_over_soon_fails_with_its_relay()
    {
        RelayProcess relay = StartRelay(0);
        RelayAddresses addresses = await relay.ListeningAsync();
        await Health.ReadyAsync(addresses);
        await using RelayProcess listen = RelayProcess.Start(["listen", .. network.Join("direct")]);
        string key = (await listen.SaysAsync(Key())).Value;
        await using RelayProcess connect = RelayProcess.Start(
            ["connect", key, "--relay", $"tcp://127.0.0.1:{addresses.TcpPort}"]);
        await connect.SaysAsync(Open());

        await relay.DisposeAsync();

        Assert.Equal(1, await connect.ExitAsync());
        Assert.Single(connect.Error.Split('\n'), line => line.StartsWith("relay: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_relay_that_is_not_there_is_one_line()
    {
        (int code, string output, string error) =
            await RelayProcess.RunAsync("lookup", "a", "--relay", "tcp://127.0.0.1:1");

        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith("relay: ", Assert.Single(error.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
    }

    private RelayProcess StartRelay(int webSocketPort) => RelayProcess.Start(
        "serve", "--ws-port", $"{webSocketPort}", "--tcp-port", "0",
        "--dht-host", "127.0.0.1", "--bootstrap", network.Bootstrap);

    /// <summary>
    /// Connects as soon as the server is announced again: the relay is back a moment before that.
    /// </summary>
    private async Task<RelayProcess> ConnectAsync(string key)
    {
        for (int attempts = 1; ; attempts++)
        {
            RelayProcess connect = RelayProcess.Start(["connect", key, .. network.Join("direct")]);
            try
            {
                await connect.SaysAsync(Open());
                return connect;
            }
            catch (InvalidOperationException) when (
                attempts < MaxAttempts && connect.Error.Contains("PEER_", StringComparison.Ordinal))
            {
                await connect.DisposeAsync();
            }
        }
    }

    [GeneratedRegex("[0-9a-f]{64}")]
    private static partial Regex Key();

    [GeneratedRegex("is lost, trying to get it back")]
    private static partial Regex Lost();

    [GeneratedRegex("is back")]
    private static partial Regex Back();

    [GeneratedRegex("connection 1: open")]
    private static partial Regex Open();

    [GeneratedRegex("still there\n")]
    private static partial Regex StillThere();
}
