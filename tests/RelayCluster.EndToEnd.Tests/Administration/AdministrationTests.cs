using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using RelayCluster.EndToEnd.Tests.Processes;

namespace RelayCluster.EndToEnd.Tests.Administration;

/// <summary>An operator at one node of a fleet, and a client of ours that has a server on the other one.</summary>
public sealed partial class AdministrationTests(AdministeredFleet fleet) : IClassFixture<AdministeredFleet>
{
    private const int MaxAttempts = 50;

    [Fact]
    public async Task A_session_of_another_node_is_listed_shown_and_kicked_and_its_client_comes_back()
    {
        await using RelayProcess listen = Listen();
        string key = (await listen.PrintsAsync(Key())).Value;
        string id = await OnlySessionAsync();

        (int shown, string tree, _) = await AdministeredFleet.AskAsync(fleet.AdminOfA, "session", id);
        (int kicked, _, string said) = await AdministeredFleet.AskAsync(
            fleet.AdminOfA, "kick", id, "--reason", "too-loud");

        Assert.Equal((0, 0), (shown, kicked));
        Assert.Matches($"servers: 1\n.*{key}  listening", tree);
        Assert.Equal($"{id} is closed\n", said);
        await listen.PrintsAsync(LostForBeingLoud());
        await listen.PrintsAsync(Back());
        await OnlySessionAsync(former: id);
    }

    [Fact]
    public async Task A_node_that_another_one_has_drained_closes_its_sessions_and_takes_them_again()
    {
        await using RelayProcess listen = Listen();
        await listen.PrintsAsync(Key());

        (int drained, _, _) = await AdministeredFleet.AskAsync(fleet.AdminOfA, "drain", "b", "--timeout", "0s");

        Assert.Equal(0, drained);
        await listen.PrintsAsync(LostForDrain());
        await AdministeredFleet.SeesAsync(fleet.AdminOfA, Draining());
        using var http = new HttpClient();
        using HttpResponseMessage health = await http.GetAsync(fleet.AddressesOfB.Http("/health/ready"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);

        (int resumed, _, string said) = await AdministeredFleet.AskAsync(fleet.AdminOfA, "resume", "b");

        Assert.Equal(0, resumed);
        Assert.StartsWith("b is up", said, StringComparison.Ordinal);
        await listen.PrintsAsync(Back());
        await OnlySessionAsync();
    }

    [Fact]
    public async Task What_is_not_there_is_told_by_any_node()
    {
        foreach (string admin in (string[])[fleet.AdminOfA, fleet.AdminOfB])
        {
            Assert.Equal(
                (1, "", "relay: there is no session b-9999\n"),
                await AdministeredFleet.AskAsync(admin, "kick", "b-9999"));
            Assert.Equal(
                (1, "", "relay: there is no node z in the fleet\n"),
                await AdministeredFleet.AskAsync(admin, "drain", "z"));
        }
    }

    private RelayProcess Listen() => RelayProcess.Start(
        "listen", "--forward", "127.0.0.1:1", "--json",
        "--relay", $"ws://127.0.0.1:{fleet.AddressesOfB.WebSocketPort}");

    /// <summary>
    /// The name of the one session of the fleet, asked at the node where it is not, as soon as its server is there, and
    /// the sessions before it are gone.
    /// </summary>
    private async Task<string> OnlySessionAsync(string former = "")
    {
        for (int attempts = 1; ; attempts++)
        {
            (int code, string output, string error) = await AdministeredFleet.AskAsync(
                fleet.AdminOfA, "sessions", "--json");
            Assert.Equal((0, ""), (code, error));
            if (output.Count(c => c == '\n') == 1)
            {
                JsonElement session = JsonDocument.Parse(output).RootElement.GetProperty("session");
                string id = session.GetProperty("id").GetString()!;
                if (id != former && session.GetProperty("servers").GetInt32() == 1)
                {
                    return id;
                }
            }

            Assert.True(attempts < MaxAttempts, output);
        }
    }

    [GeneratedRegex("[0-9a-f]{64}")]
    private static partial Regex Key();

    [GeneratedRegex("\"connected\":false.*too-loud")]
    private static partial Regex LostForBeingLoud();

    [GeneratedRegex("\"connected\":false.*draining")]
    private static partial Regex LostForDrain();

    [GeneratedRegex("\"connected\":true")]
    private static partial Regex Back();

    [GeneratedRegex("\"b\",\"state\":\"draining\"")]
    private static partial Regex Draining();
}
