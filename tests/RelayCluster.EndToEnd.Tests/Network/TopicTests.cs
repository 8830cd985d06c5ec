using System.Text.Json;
using RelayCluster.EndToEnd.Tests.Processes;

namespace RelayCluster.EndToEnd.Tests.Network;

[Collection(NetworkTestGroup.Name)]
public sealed class TopicTests(PrivateNetwork network)
{
    [Theory]
    [MemberData(nameof(PrivateNetwork.Routes), MemberType = typeof(PrivateNetwork))]
    public async Task Lookup_sees_what_is_announced_until_the_announcer_ends(string route)
    {
        string topic = $"@topic/of {route}";
        await using RelayProcess announce = RelayProcess.Start(
            ["announce", topic, "--seed", route, .. network.Join(route)]);
        string key = await announce.PrintsLineAsync();

        Assert.Equal((0, $"{key}\n", ""), await LookupAsync(route, topic));
        announce.Signal(NativeMethods.SigTerm);
        Assert.Equal((0, $"{key} is no longer announced\n"), (await announce.ExitAsync(), announce.Error));

        Assert.Equal((0, "", "nobody has announced it\n"), await LookupAsync(route, topic));
    }

    [Theory]
    [MemberData(nameof(PrivateNetwork.Routes), MemberType = typeof(PrivateNetwork))]
    public async Task What_is_announced_once_stays_until_it_is_taken_back(string route)
    {
        string topic = $"once/{route}";
        string[] own = ["--seed", route, .. network.Join(route), "--json"];
        (int announced, string announcement, _) = await RelayProcess.RunAsync(["announce", topic, "--once", .. own]);
        Assert.Equal((0, "announced"), (announced, EventOf(announcement)));
        Assert.NotEqual("", (await LookupAsync(route, topic)).Output);

        (int unannounced, string withdrawal, _) = await RelayProcess.RunAsync(["unannounce", topic, .. own]);

        Assert.Equal((0, "unannounced"), (unannounced, EventOf(withdrawal)));
        Assert.Equal("", (await LookupAsync(route, topic)).Output);
    }

    private static string EventOf(string line) =>
        JsonDocument.Parse(line).RootElement.GetProperty("event").GetString()!;

    private Task<(int Code, string Output, string Error)> LookupAsync(string route, string topic) =>
        RelayProcess.RunAsync(["lookup", topic, .. network.Join(route)]);
}
