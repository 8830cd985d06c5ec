using System.Text.Json;
using RelayCluster.EndToEnd.Tests.Processes;

namespace RelayCluster.EndToEnd.Tests.Serving;

public sealed class LogTests
{
    [Fact]
    public async Task Json_EveryLineOfASession_HasItsIdAsAField()
    {
        using var file = new ConfigurationFile("relay.log { format = json, level = debug }");
        (RelayProcess relay, RelayAddresses addresses) = await RelayProcess.ServeAsync(
                "--config", file.Path, "--node-name", "n");
        await using (relay)
        {
            string address = addresses.WebSocket.ToString();
            await RelayProcess.RunAsync("connect", new string('0', 64), "--relay", address);
            await RelayProcess.RunAsync("lookup", "nothing", "--relay", address);
            relay.Signal(NativeMethods.SigTerm);
            await relay.ExitAsync();

            JsonElement[] lines = [.. relay.Output
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonDocument.Parse(line).RootElement)
                .Where(line => line.GetProperty("Category").GetString() == "RelayCluster.Relay.RelayServer")];

            Assert.Equal(["n-1", "n-2"], lines.Select(SessionOf).Distinct());
            Assert.Contains(lines, line => MessageOf(line).Contains("could not open stream", StringComparison.Ordinal));
            Assert.Contains(lines, line => MessageOf(line).Contains("finished lookup", StringComparison.Ordinal));
        }
    }

    private static string SessionOf(JsonElement line) =>
        line.GetProperty("State").TryGetProperty("SessionId", out JsonElement id)
            ? id.GetString()!
            : throw new InvalidOperationException($"without SessionId: {line}");

    private static string MessageOf(JsonElement line) => line.GetProperty("Message").GetString()!;
}
