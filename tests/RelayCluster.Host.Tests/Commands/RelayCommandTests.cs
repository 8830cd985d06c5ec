namespace RelayCluster.Host.Tests.Commands;

public sealed class RelayCommandTests
{
    [Theory]
    [InlineData("serve --ws-prot 1", "relay: there is no '--ws-prot'; perhaps --ws-port was meant")]
    [InlineData("serve --colour red", "relay: there is no '--colour'; see relay serve --help")]
    [InlineData("serv", "relay: there is no 'serv'; perhaps serve was meant")]
    [InlineData("", "relay: Required command was not provided; see relay --help")]
    [InlineData("serve --ws-port", "relay: Required argument missing for option: '--ws-port'; see relay serve --help")]
    [InlineData("serve --ws-port a", "relay: --ws-port: expected a whole number, 0 to 65535, found 'a'")]
    [InlineData("serve --tcp-port 65536", "relay: --tcp-port: expected a whole number, 0 to 65535, found '65536'")]
    [InlineData("serve --host nowhere", "relay: --host: expected an IP address such as 127.0.0.1, or localhost, " +
        "found 'nowhere'")]
    [InlineData("serve --dht-host ::1", "relay: --dht-host: expected an IPv4 address: the DHT has no other")]
    [InlineData("serve --bootstrap a.example", "relay: --bootstrap: expected nodes as host:port, such as " +
        "127.0.0.1:49737, found 'a.example'")]
    [InlineData("serve --testnet --bootstrap a.example:1", "relay: --bootstrap: expected not to stand beside " +
        "--testnet, which brings its own nodes")]
    [InlineData("serve --config /nowhere.conf", "relay: /nowhere.conf: cannot be read: no such file")]
    [InlineData("serve --config ''", "relay: --config: expected a file, found ''; see relay serve --help")]
    [InlineData("keygen --key-file ''", "relay: --key-file: expected a file, found ''; see relay keygen --help")]
    [InlineData("listen --key-file ''", "relay: --key-file: expected a file, found ''; see relay listen --help")]
    [InlineData("cluster members --token-file ''", "relay: --token-file: expected a file, found ''; " +
        "see relay cluster members --help")]
    [InlineData("connect", "relay: Required argument 'KEY' missing for command: 'connect'; see relay connect --help")]
    [InlineData("connect abc", "relay: KEY: expected a public key, 64 hexadecimal digits, found 'abc'; " +
        "see relay connect --help")]
    [InlineData("tunnel abc --port 1", "relay: KEY: expected a public key, 64 hexadecimal digits, found 'abc'; " +
        "see relay tunnel --help")]
    [InlineData("tunnel --port 70000", "relay: --port: expected a whole number, 0 to 65535, found '70000'; " +
        "see relay tunnel --help")]
    [InlineData("listen --forward 80", "relay: --forward: expected a server as host:port, such as localhost:8080 or " +
        "[::1]:8080, found '80'; see relay listen --help")]
    [InlineData("listen --forward a:1/b", "relay: --forward: expected a server as host:port, such as localhost:8080 " +
        "or [::1]:8080, found 'a:1/b'; see relay listen --help")]
    [InlineData("listen --allow me", "relay: --allow: expected a public key, 64 hexadecimal digits, found 'me'; " +
        "see relay listen --help")]
    [InlineData("lookup a b", "relay: there is no 'b'; see relay lookup --help")]
    [InlineData("lookup a --bootstrap b", "relay: --bootstrap: expected a node as host:port, such as " +
        "127.0.0.1:49737, found 'b'; see relay lookup --help")]
    [InlineData("lookup a --dht-host ::1", "relay: --dht-host: expected an IPv4 address such as 127.0.0.1: the DHT " +
        "has no other, found '::1'; see relay lookup --help")]
    [InlineData("lookup a --dht-prot 1", "relay: there is no '--dht-prot'; perhaps --dht-port was meant")]
    [InlineData("lookup a --relay http://b", "relay: --relay: expected a relay as ws://host:port, wss://host:port or " +
        "tcp://host:port, found 'http://b'; see relay lookup --help")]
    [InlineData("lookup a --custodial", "relay: --custodial is about a relay, and there is no --relay; " +
        "see relay lookup --help")]
    [InlineData("lookup a --relay ws://b --dht-port 1", "relay: --dht-port is about a DHT node here; with --relay " +
        "there is none; see relay lookup --help")]
    [InlineData("unannounce a", "relay: whose announcement? --key-file or --seed has the key that was announced")]
    [InlineData("announce a --seed b --key-file c", "relay: --seed and --key-file are two ways to say the same; " +
        "choose one; see relay announce --help")]
    [InlineData("announce a --key-file /nowhere.key", "relay: /nowhere.key: cannot be read: no such file; " +
        "relay keygen --key-file makes one")]
    [InlineData("keygen --key-file /nowhere/a.key", "relay: /nowhere/a.key: cannot be written: Could not find a part " +
        "of the path '/nowhere/a.key'.")]
    [InlineData("testnet --nodes 0", "relay: --nodes: expected a whole number, 1 to 256, found '0'; " +
        "see relay testnet --help")]
    [InlineData("bootstrap --host nowhere", "relay: --host: expected an IPv4 address such as 127.0.0.1: the DHT has " +
        "no other, found 'nowhere'; see relay bootstrap --help")]
    [InlineData("testnet --nodes 0 --json", """
        {"event":"error","message":"--nodes: expected a whole number, 1 to 256, found '0'; see relay testnet --help"}
        """)]
    public async Task A_wrong_command_line_is_one_line_on_standard_error(string commandLine, string expected)
    {
        (int code, string output, string error) = await RunAsync(commandLine);

        Assert.Equal(expected + Environment.NewLine, error);
        Assert.Equal("", output);
        Assert.Equal(2, code);
    }

    [Fact]
    public async Task A_wrong_file_is_one_line_with_its_place()
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "relay {\n  ws-port 5\n}");
            (int code, _, string error) = await RunAsync($"serve --config {file}");

            Assert.Equal(
                $"relay: {file}:2:11: expected '=', ':', '+=' or '{{' after the key 'ws-port', found '5'\n", error);
            Assert.Equal(2, code);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("--help", "relay serve --testnet")]
    [InlineData("serve --help", "relay serve --config hocon/relay.conf")]
    [InlineData("serve --help --colour", "--bootstrap <host:port>")]
    [InlineData("bootstrap --help", "relay bootstrap --host 192.0.2.7")]
    [InlineData("testnet --help", "relay testnet --nodes 8")]
    [InlineData("keygen --help", "relay keygen --key-file server.key")]
    [InlineData("lookup --help", "relay lookup chat")]
    [InlineData("announce --help", "relay announce chat --key-file server.key")]
    [InlineData("unannounce --help", "relay unannounce chat --key-file server.key")]
    [InlineData("connect --help", "relay connect 3b6a...29 < question > answer")]
    [InlineData("listen --help", "relay listen --forward localhost:22")]
    [InlineData("tunnel --help", "relay tunnel 3b6a...29 --port 2222")]
    public async Task Help_has_an_example(string commandLine, string expected)
    {
        (int code, string output, string error) = await RunAsync(commandLine);

        Assert.Contains(expected, output, StringComparison.Ordinal);
        Assert.Equal("", error);
        Assert.Equal(0, code);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string commandLine)
    {
        using var run = CommandLineRun.Start(commandLine);
        int code = await run.ExitAsync();
        return (code, run.Output, run.Error);
    }
}
