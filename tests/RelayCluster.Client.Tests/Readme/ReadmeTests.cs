using RelayCluster.Client.Tests.Scenes;

namespace RelayCluster.Client.Tests.Readme;

/// <summary>The README's program is the one that is compiled here, and it does what the README says.</summary>
public sealed class ReadmeTests(RelayScene scene) : IClassFixture<RelayScene>
{
    [Fact]
    public async Task TheExample_StandsInTheReadme()
    {
        string root = FindRoot();
        string program = await File.ReadAllTextAsync(
            Path.Combine(root, "tests", "RelayCluster.Client.Example", "Program.cs"));
        string readme = await File.ReadAllTextAsync(Path.Combine(root, "README.md"));
        Assert.Contains($"```csharp\n{program}```", readme, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheExample_ReachesItself()
    {
        await using WebSocketDoor door = await WebSocketDoor.OpenAsync(scene);
        using ExampleProcess server = ExampleProcess.Start(door.Address.ToString());
        string publicKey = await server.ReadLineAsync();
        using ExampleProcess client = ExampleProcess.Start(door.Address.ToString(), publicKey);
        Assert.Equal("hello", await client.ReadLineAsync());
        Assert.Equal(0, await client.WaitForExitAsync());
    }

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder!, "RelayCluster.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder!;
    }
}
