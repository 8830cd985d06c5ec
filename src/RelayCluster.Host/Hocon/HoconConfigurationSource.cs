namespace RelayCluster.Host.Hocon;

/// <summary>Adds a HOCON file to a configuration.</summary>
internal sealed class HoconConfigurationSource : IConfigurationSource
{
    /// <summary>The file, as its user names it: errors name it the same way.</summary>
    public required string File { get; init; }

    /// <summary>Gives the text of a file, included ones too.</summary>
    public Func<string, string> ReadFile { get; init; } = System.IO.File.ReadAllText;

    /// <summary>Gives the value of an environment variable, null if it is not set, for substitutions.</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    public IConfigurationProvider Build(IConfigurationBuilder builder) => new HoconConfigurationProvider(this);
}
