using System.Net;
using System.Text.RegularExpressions;
using RelayCluster.EndToEnd.Tests.Processes;

namespace RelayCluster.EndToEnd.Tests.Serving;

public sealed partial class ServingTests
{
    [Fact]
    public async Task Testnet_BecomesReadyAndTellsItsBootstrapNodes()
    {
        (RelayProcess relay, RelayAddresses addresses) = await RelayProcess.ServeAsync();
        await using (relay)
        {
            await Health.ReadyAsync(addresses);

            await relay.PrintsAsync(BootstrapNodes());
        }
    }

    [Fact]
    public async Task Health_UnknownPath_IsNotFound()
    {
        (RelayProcess relay, RelayAddresses addresses) = await RelayProcess.ServeAsync();
        await using (relay)
        {
            using var http = new HttpClient();

            using HttpResponseMessage response = await http.GetAsync(addresses.Http("/health/nonsense"));

            Assert.InRange(response.StatusCode, HttpStatusCode.BadRequest, HttpStatusCode.UpgradeRequired);
        }
    }

    [Fact]
    public async Task SecondRelay_JoinsTheDhtOfTheFirst()
    {
        (RelayProcess first, _) = await RelayProcess.ServeAsync();
        await using (first)
        {
            Match bootstrap = await first.PrintsAsync(BootstrapNodes());
            await using RelayProcess second = RelayProcess.Start(
                "serve", "--host", "127.0.0.1", "--ws-port", "0", "--tcp-port", "0",
                "--dht-host", "127.0.0.1", "--bootstrap", bootstrap.Groups[1].Value);

            await Health.ReadyAsync(await second.ListeningAsync());
        }
    }

    [Fact]
    public async Task ConfigurationFile_SetsWhatTheCommandLineLeavesOpen()
    {
        using var file = new ConfigurationFile(
            """
            relay {
              host = "127.0.0.1"
              ws-port = 1 # the command line goes over this one
              tcp-port = 0
              dht.testnet = true
            }
            """);
        await using RelayProcess relay = RelayProcess.Start("serve", "--config", file.Path, "--ws-port", "0");

        await Health.ReadyAsync(await relay.ListeningAsync());
    }

    [GeneratedRegex(@"bootstrap\D*(127\.0\.0\.1:\d+)", RegexOptions.IgnoreCase)]
    private static partial Regex BootstrapNodes();
}
