using Microsoft.Extensions.Configuration;
using RelayCluster.Host.Configuration;
using RelayCluster.Host.Hocon;

namespace RelayCluster.Host.Tests.Configuration;

/// <summary>hocon/relay.conf is the options' reference page: it must say what is so.</summary>
public sealed class RelayConfTests
{
    private static readonly string Path = System.IO.Path.Combine(FindRoot(), "hocon", "relay.conf");

    [Fact]
    public void It_names_every_option_and_no_other()
    {
        HoconConfigurationProvider file = Load();

        Assert.Empty(UnknownKeys.Find(file));
        Assert.All(ServeSettings.All, setting => Assert.NotNull(file.GetPosition(setting.ConfigurationKey)));
    }

    [Fact]
    public void Its_values_are_the_built_in_defaults()
    {
        var options = new ServeOptions();
        var reader = new SettingReader(new ConfigurationBuilder().Add(Source()).Build());

        Assert.Empty(reader.Fill(options));
        Assert.All(ServeSettings.All, setting =>
            Assert.Equal(Text(setting, new ServeOptions()), Text(setting, options)));
    }

    [Fact]
    public void Each_option_has_a_comment_with_its_range()
    {
        string[] lines = File.ReadAllLines(Path);
        HoconConfigurationProvider file = Load();
        foreach (Setting setting in ServeSettings.All.Where(setting => setting.Range is not null))
        {
            int line = file.GetPosition(setting.ConfigurationKey)!.Value.Line;
            IEnumerable<string> comment = lines.Take(line - 1).Reverse().TakeWhile(text => text.Trim().StartsWith('#'));
            string range = $"{setting.Range!.Least} to {setting.Range.Most}";
            Assert.Contains(comment, text => text.Contains(range, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void The_one_of_a_fleets_node_is_this_one_with_differences_of_its_own_and_valid()
    {
        string path = System.IO.Path.Combine(FindRoot(), "hocon", "cluster.conf");
        var source = new HoconConfigurationSource { File = path, Environment = _ => null };
        var reader = new SettingReader(new ConfigurationBuilder().Add(source).Build());
        var options = new ServeOptions();

        Assert.Empty(reader.Fill(options));
        Assert.True(new ServeOptionsValidator(reader).Validate(null, options).Succeeded);
        Assert.Equal(FabricKind.RabbitMq, options.Cluster.Fabric);
    }

    internal static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(folder.FullName, "RelayCluster.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("RelayCluster.sln is in no folder above");
        }

        return folder.FullName;
    }

    private static string Text(Setting setting, ServeOptions options) => setting.Format.Write(setting.Get(options));

    private static HoconConfigurationProvider Load()
    {
        var file = new HoconConfigurationProvider(Source());
        file.Load();
        return file;
    }

    private static HoconConfigurationSource Source() => new() { File = Path, Environment = _ => null };
}
