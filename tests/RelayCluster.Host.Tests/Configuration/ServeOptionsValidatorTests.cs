namespace RelayCluster.Host.Tests.Configuration;

public sealed class ServeOptionsValidatorTests
{
    [Theory]
    [InlineData("tcp-port = 49443", "my.conf:1:20: tcp-port: expected another port than ws-port, which is 49443 too")]
    [InlineData("heartbeat.timeout = 15s", "my.conf:1:29: heartbeat.timeout: expected more than heartbeat.interval")]
    [InlineData("buffers.session = 512k", "my.conf:1:27: buffers.session: expected at least buffers.stream")]
    [InlineData("tls.key = k.pem", "tls.certificate: expected both tls.certificate and tls.key, or neither")]
    [InlineData("dht.host = \"::1\"", "my.conf:1:20: dht.host: expected an IPv4 address: the DHT has no other")]
    [InlineData("dht.bootstrap = []", "my.conf:1:25: dht.bootstrap: expected at least one node, or dht.testnet = true")]
    [InlineData("cluster.node-name = \"a b\"", "my.conf:1:29: cluster.node-name: expected up to 64 letters, digits, " +
        "dots, hyphens and underscores")]
    [InlineData("proxy-protocol.tcp = on", "my.conf:1:30: proxy-protocol.tcp: expected proxies, the networks from " +
        "which it is to be believed")]
    [InlineData("admin { host = 0.0.0.0, port = 0 }", "my.conf:1:24: admin.host: expected an admin.token or " +
        "admin.token-file beside an address that others can reach")]
    [InlineData("admin.token = fifteen-letters", "my.conf:1:23: admin.token: expected at least 16 characters")]
    [InlineData("admin { token = 0123456789abcdef, token-file = f }", "my.conf:1:56: admin.token-file: expected not " +
        "to stand beside admin.token")]
    [InlineData("admin.port = on", "my.conf:1:22: admin.port: expected a whole number, 0 to 65535, or off, found 'on'")]
    [InlineData("admin.port = 65536", "my.conf:1:22: admin.port: expected a whole number, 0 to 65535, or off, " +
        "found '65536'")]
    public void Options_that_do_not_go_together_are_told(string field, string fault) =>
        Assert.Equal([fault], new Layers { File = $"relay {{ {field} }}" }.Fail());

    [Theory]
    [InlineData("ws-port = 0, tcp-port = 0")]
    [InlineData("dht { bootstrap = [], testnet = true }")]
    [InlineData("dht { bootstrap = [\"a.example:1\"], testnet = true }")]
    [InlineData("tls { certificate = c.pem, key = k.pem }")]
    [InlineData("proxies = [10.0.0.0/8], proxy-protocol { ws = on, tcp = on }")]
    [InlineData("admin { host = 0.0.0.0, port = 0, token = 0123456789abcdef }")]
    [InlineData("admin { host = 0.0.0.0, port = 0, token-file = f }")]
    [InlineData("admin { host = 0.0.0.0, port = off }")]
    [InlineData("admin { host = \"::1\", port = 49445 }")]
    public void Options_that_do_go_together_are_taken(string fields) =>
        new Layers { File = $"relay {{ {fields} }}" }.Read();

    [Fact]
    public void Everything_that_is_wrong_is_told_at_once()
    {
        IReadOnlyList<string> faults = new Layers
        {
            File = "relay { ws-prot = 1, ws-port = x, limits.sessions = 0, buffers.session = 64k }",
        }.Fail();

        Assert.Equal(4, faults.Count);
        Assert.Contains(faults, fault => fault.Contains("ws-prot", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.Contains("ws-port: expected", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.Contains("limits.sessions: expected", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.Contains("buffers.session: expected", StringComparison.Ordinal));
    }
}
