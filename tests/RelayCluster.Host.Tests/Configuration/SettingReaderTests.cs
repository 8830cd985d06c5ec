using RelayCluster.Dht.Hyper;
using RelayCluster.Host.Configuration;

namespace RelayCluster.Host.Tests.Configuration;

public sealed class SettingReaderTests
{
    [Fact]
    public void Without_layers_the_defaults_hold()
    {
        ServeOptions options = new Layers().Read();

        Assert.Equal(49443, options.WsPort);
        Assert.Equal(49444, options.TcpPort);
        Assert.Equal(TimeSpan.FromSeconds(15), options.Heartbeat.Interval);
        Assert.Equal(TimeSpan.FromSeconds(45), options.Heartbeat.Timeout);
        Assert.Equal(1024 * 1024, options.Buffers.StreamBytes);
        Assert.Equal(8 * 1024 * 1024, options.Buffers.SessionBytes);
        Assert.Equal(BootstrapNode.Public, options.Dht.Bootstrap);
    }

    [Fact]
    public void The_command_line_goes_over_the_environment_over_the_file_over_the_defaults()
    {
        ServeOptions options = new Layers
        {
            File = "relay { ws-port = 1, tcp-port = 2, dht { port = 3, host = 10.0.0.1 } }",
            Environment = new() { ["RELAY_TCP_PORT"] = "20", ["RELAY_DHT__PORT"] = "30" },
            CommandLine = new Dictionary<string, string> { ["dht.port"] = "300" },
        }.Read();

        Assert.Equal((1, 20, 300), (options.WsPort, options.TcpPort, options.Dht.Port));
        Assert.Equal("10.0.0.1", options.Dht.Host.ToString());
        Assert.Equal("127.0.0.1", options.Host.ToString());
    }

    [Fact]
    public void A_list_in_a_higher_layer_replaces_the_whole_list_below()
    {
        const string File = "relay.dht.bootstrap = [\"a.example:1\", \"b.example:2\", \"c.example:3\"]";

        Assert.Equal(["a.example:1", "b.example:2", "c.example:3"], Bootstrap(new Layers { File = File }));
        Assert.Equal(["x.example:9", "y.example:8"], Bootstrap(new Layers
        {
            File = File,
            Environment = new() { ["RELAY_DHT__BOOTSTRAP"] = "x.example:9, y.example:8" },
        }));
        Assert.Equal(["10.0.0.1@z.example:7"], Bootstrap(new Layers
        {
            File = File,
            CommandLine = new Dictionary<string, string> { ["dht.bootstrap"] = "10.0.0.1@z.example:7" },
        }));
    }

    [Fact]
    public void Lists_of_networks_and_keys_are_read_from_files_and_variables()
    {
        string key = new('a', 64);
        ServeOptions options = new Layers
        {
            File = $"relay {{ proxies = [\"10.0.0.0/8\", \"::1\"], policy.remotes.allow = [{key}, {new string('B', 64)}] }}",
            Environment = new() { ["RELAY_POLICY__ADDRESSES__DENY"] = "203.0.113.0/24, 2001:db8::/32" },
        }.Read();

        Assert.Equal(["10.0.0.0/8", "::1/128"], options.Proxies.Select(static network => network.ToString()));
        Assert.Equal([key, new string('b', 64)], options.Policy.Remotes.Allow.Select(static each => each.ToString()));
        Assert.Equal(
            ["203.0.113.0/24", "2001:db8::/32"],
            options.Policy.Addresses.Deny.Select(static network => network.ToString()));
    }

    [Fact]
    public void Null_in_a_file_leaves_the_default() =>
        Assert.Equal(49443, new Layers { File = "relay.ws-port = null" }.Read().WsPort);

    [Fact]
    public void Every_option_can_be_written_and_read_back()
    {
        var options = new ServeOptions();
        foreach (Setting setting in ServeSettings.All)
        {
            string text = setting.Format.Write(setting.Get(options));
            Assert.Equal(text, setting.Format.Write(setting.Format.Parse(text)!));
        }
    }

    [Theory]
    [InlineData("ws-port = x", "my.conf:1:19: ws-port: expected a whole number, 0 to 65535, found 'x'")]
    [InlineData("ws-port = 65536", "my.conf:1:19: ws-port: expected a whole number, 0 to 65535, found '65536'")]
    [InlineData("host = 127.1", "my.conf:1:16: host: expected an IP address such as 127.0.0.1, or localhost, " +
        "found '127.1'")]
    [InlineData("heartbeat.interval = 15", "my.conf:1:30: heartbeat.interval: expected a duration with its unit " +
        "such as 15s or 500ms, 1s to 5m, found '15'")]
    [InlineData("buffers.stream = 1KiB", "my.conf:1:26: buffers.stream: expected a size such as 512KiB or 8MiB, " +
        "64KiB to 1GiB, found '1KiB'")]
    [InlineData("limits.frame = 1TiB", "my.conf:1:24: limits.frame: expected a size such as 512KiB or 8MiB, " +
        "64KiB to 1GiB, found '2147483647B'")]
    [InlineData("log.level = loud", "my.conf:1:21: log.level: expected one of trace, debug, information, warning, " +
        "error, critical, none, found 'loud'")]
    [InlineData("dht.testnet = maybe", "my.conf:1:23: dht.testnet: expected true or false, found 'maybe'")]
    [InlineData("dht.bootstrap = [\"a\"]", "my.conf:1:25: dht.bootstrap: expected nodes as host:port, such as " +
        "127.0.0.1:49737, found 'a'")]
    [InlineData("proxies = [10.0.0.0/33]", "my.conf:1:19: proxies: expected networks such as 10.0.0.0/8 or " +
        "2001:db8::/32, or addresses, found '10.0.0.0/33'")]
    [InlineData("policy.clients.deny = [abc]", "my.conf:1:31: policy.clients.deny: expected public keys of 64 " +
        "hexadecimal digits, found 'abc'")]
    [InlineData("limits.address.bytes-per-second = fast", "my.conf:1:43: limits.address.bytes-per-second: expected a " +
        "size such as 512KiB or 8MiB, 0 to 1GiB, found 'fast'")]
    [InlineData("limits.address.ipv6-prefix = 0", "my.conf:1:38: limits.address.ipv6-prefix: expected a whole number, " +
        "1 to 128, found '0'")]
    public void A_wrong_value_is_told_with_its_place_and_what_is_right(string field, string fault) =>
        Assert.Equal([fault], new Layers { File = $"relay {{ {field} }}" }.Fail());

    [Fact]
    public void A_wrong_value_is_told_where_the_layer_stands_that_gave_it()
    {
        var layers = new Layers
        {
            File = "relay.tcp-port = 5",
            Environment = new() { ["RELAY_TCP_PORT"] = "a" },
            CommandLine = new Dictionary<string, string> { ["ws-port"] = "b" },
        };

        Assert.Equal(
            [
                "--ws-port: expected a whole number, 0 to 65535, found 'b'",
                "RELAY_TCP_PORT: expected a whole number, 0 to 65535, found 'a'",
            ],
            layers.Fail());
    }

    private static IEnumerable<string> Bootstrap(Layers layers) =>
        layers.Read().Dht.Bootstrap.Select(node => node.ToString());
}
