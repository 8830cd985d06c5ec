using System.Net;
using System.Text.Json;
using RelayCluster.EndToEnd.Tests.Processes;

namespace RelayCluster.EndToEnd.Tests.Network;

/// <summary>The commands that need nobody: keys, and the first node of a DHT.</summary>
public sealed class StandingAloneTests
{
    [Fact]
    public async Task Keygen_writes_a_file_that_only_its_owner_may_read_and_that_others_take()
    {
        using var directory = new TestDirectory();
        string file = directory.File("a.key");

        (int code, string key, _) = await RelayProcess.RunAsync("keygen", "--key-file", file);
        (int again, _, string error) = await RelayProcess.RunAsync("keygen", "--key-file", file);

        Assert.Equal(0, code);
        Assert.Equal(65, key.Length);
        Assert.Equal((2, $"relay: {file}: is there already; a key is not overwritten\n"), (again, error));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    [Fact]
    public async Task Keygen_takes_the_seed_from_standard_input()
    {
        await using RelayProcess keygen = RelayProcess.Start("keygen", "--seed", "-", "--json");
        await keygen.TypeAsync("correct horse\n");

        Assert.Equal(0, await keygen.ExitAsync());
        JsonElement typed = JsonDocument.Parse(keygen.Output).RootElement;
        (_, string output, _) = await RelayProcess.RunAsync("keygen", "--json", "--seed", "correct horse");
        Assert.Equal(output, keygen.Output);
        Assert.Equal(64, typed.GetProperty("publicKey").GetString()!.Length);
        Assert.Equal(128, typed.GetProperty("secretKey").GetString()!.Length);
    }

    [Fact]
    public async Task Bootstrap_is_the_first_node_of_a_DHT_that_others_join()
    {
        await using RelayProcess first = RelayProcess.Start("bootstrap", "--host", "127.0.0.1", "--port", "0");
        string address = await first.PrintsLineAsync();
        Assert.True(IPEndPoint.TryParse(address, out IPEndPoint? endPoint) && endPoint.Port > 0, address);
        await using RelayProcess second = RelayProcess.Start("bootstrap", "--port", "0", "--bootstrap", address);
        await second.PrintsLineAsync();

        string[] join = ["--dht-host", "127.0.0.1", "--bootstrap", address];
        (int announced, string key, _) = await RelayProcess.RunAsync(["announce", "a", "--once", .. join]);
        (int found, string keys, _) = await RelayProcess.RunAsync(["lookup", "a", .. join]);

        Assert.Equal((0, 0, key), (announced, found, keys));
        first.Signal(NativeMethods.SigInt);
        Assert.Equal(0, await first.ExitAsync());
    }

    [Fact]
    public async Task Testnet_ends_in_order()
    {
        await using RelayProcess testnet = RelayProcess.Start("testnet", "--nodes", "2", "--json");
        JsonElement started = JsonDocument.Parse(await testnet.PrintsLineAsync()).RootElement;

        testnet.Signal(NativeMethods.SigTerm);

        Assert.Equal(0, await testnet.ExitAsync(TimeSpan.FromSeconds(5)));
        Assert.Equal(2, started.GetProperty("nodes").GetInt32());
        Assert.Equal("", testnet.Error);
    }

    [Fact]
    public async Task Listen_and_announce_end_soon_though_the_network_is_gone()
    {
        await using RelayProcess testnet = RelayProcess.Start("testnet", "--nodes", "2");
        string[] join = ["--dht-host", "127.0.0.1", "--bootstrap", await testnet.PrintsLineAsync()];
        await using RelayProcess listen = RelayProcess.Start(["listen", "--forward", "127.0.0.1:1", .. join]);
        await listen.PrintsLineAsync();
        await using RelayProcess announce = RelayProcess.Start(["announce", "a", .. join]);
        await announce.PrintsLineAsync();
        testnet.Signal(NativeMethods.SigKill);
        await testnet.ExitAsync();

        listen.Signal(NativeMethods.SigTerm);
        announce.Signal(NativeMethods.SigTerm);

        Assert.Equal(0, await listen.ExitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal(0, await announce.ExitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal("not taken back everywhere; nodes forget it within half an hour\n", announce.Error);
    }
}
