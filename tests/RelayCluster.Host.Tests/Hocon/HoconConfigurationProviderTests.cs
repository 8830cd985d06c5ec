using Microsoft.Extensions.Configuration;
using RelayCluster.Host.Hocon;

namespace RelayCluster.Host.Tests.Hocon;

public sealed class HoconConfigurationProviderTests
{
    [Fact]
    public void Values_are_found_under_the_keys_of_a_configuration()
    {
        IConfiguration configuration =
            Read("relay { dht { port = 5, nodes = [x, y] }, on = true, none = null, no = [] }");

        Assert.Equal("5", configuration["relay:dht:port"]);
        Assert.Equal(["x", "y"], configuration.GetSection("relay:dht:nodes").GetChildren().Select(item => item.Value));
        Assert.Equal("true", configuration["relay:on"]);
        Assert.Null(configuration["relay:none"]);
        Assert.Equal("", configuration["relay:no"]);
    }

    [Fact]
    public void A_later_source_goes_over_the_file()
    {
        IConfiguration configuration = new ConfigurationBuilder()
            .Add(Source("a = 1, b = 1"))
            .AddInMemoryCollection([new("b", "2")])
            .Build();

        Assert.Equal(("1", "2"), (configuration["a"], configuration["b"]));
    }

    [Fact]
    public void The_place_of_each_key_is_known()
    {
        var provider = (HoconConfigurationProvider)Source("a {\n  b = 1\n}").Build(new ConfigurationBuilder());
        provider.Load();

        Assert.Equal("test.conf:2:7", provider.GetPosition("a:b").ToString());
        Assert.Equal("test.conf:1:3", provider.GetPosition("a").ToString());
        Assert.Null(provider.GetPosition("c"));
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_named()
    {
        var missing = new HoconConfigurationSource { File = "/nowhere/relay.conf" };
        HoconException e = Assert.Throws<HoconException>(() => new ConfigurationBuilder().Add(missing).Build());
        Assert.Equal("/nowhere/relay.conf: cannot be read: no such file", e.Message);

        var folder = new HoconConfigurationSource { File = Path.GetTempPath() };
        e = Assert.Throws<HoconException>(() => new ConfigurationBuilder().Add(folder).Build());
        Assert.EndsWith("cannot be read: permission denied, or it is a folder", e.Message, StringComparison.Ordinal);
    }

    private static IConfigurationRoot Read(string text) => new ConfigurationBuilder().Add(Source(text)).Build();

    private static HoconConfigurationSource Source(string text) =>
        new() { File = HoconText.File, ReadFile = _ => text, Environment = _ => null };
}
