using System.Collections;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using RelayCluster.Host.Configuration;
using RelayCluster.Host.Hocon;

namespace RelayCluster.Host.Tests.Configuration;

/// <summary>Layers of options as the command puts them together, from texts.</summary>
internal sealed class Layers
{
    public string File { get; init; } = "";

    public Hashtable Environment { get; init; } = [];

    public IReadOnlyDictionary<string, string> CommandLine { get; init; } = new Dictionary<string, string>();

    public IConfigurationRoot Build()
    {
        var commandLine = new SettingLayer();
        foreach ((string key, string text) in CommandLine)
        {
            commandLine.Add(ServeSettings.Get(key), text, $"--{key}");
        }

        return new ConfigurationBuilder()
            .Add(new HoconConfigurationSource { File = "my.conf", ReadFile = _ => File, Environment = _ => null })
            .Add(EnvironmentLayer.Read(Environment))
            .Add(commandLine)
            .Build();
    }

    /// <summary>The options that come of it, which must be valid.</summary>
    public ServeOptions Read()
    {
        (ServeOptions options, IReadOnlyList<string> faults) = Validate();
        Assert.Empty(faults);
        return options;
    }

    /// <summary>What is wrong with them.</summary>
    public IReadOnlyList<string> Fail() => Validate().Faults;

    private (ServeOptions Options, IReadOnlyList<string> Faults) Validate()
    {
        var reader = new SettingReader(Build());
        var options = new ServeOptions();
        reader.Fill(options);
        ValidateOptionsResult result = new ServeOptionsValidator(reader).Validate(null, options);
        return (options, [.. result.Failures ?? []]);
    }
}
