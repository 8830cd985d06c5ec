namespace RelayCluster.EndToEnd.Tests.Network;

/// <summary>A directory for one test.</summary>
internal sealed class TestDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("relay-test-");

    public string File(string name) => Path.Combine(_directory.FullName, name);

    /// <summary>A file of bytes of which no two parts are alike.</summary>
    public string Random(string name, int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        string path = File(name);
        System.IO.File.WriteAllBytes(path, bytes);
        return path;
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
