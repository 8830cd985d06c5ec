namespace RelayCluster.EndToEnd.Tests.Processes;

/// <summary>A HOCON file for one test.</summary>
internal sealed class ConfigurationFile : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("relay-test-");

    public ConfigurationFile(string text)
    {
        Path = System.IO.Path.Combine(_directory.FullName, "test.conf");
        File.WriteAllText(Path, text);
    }

    public string Path { get; }

    public void Dispose() => _directory.Delete(recursive: true);
}
