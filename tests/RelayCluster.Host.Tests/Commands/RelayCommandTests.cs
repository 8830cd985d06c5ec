using RelayCluster.Host.Commands;

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
    public async Task Help_has_an_example(string commandLine, string expected)
    {
        (int code, string output, string error) = await RunAsync(commandLine);

        Assert.Contains(expected, output, StringComparison.Ordinal);
        Assert.Equal("", error);
        Assert.Equal(0, code);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string commandLine)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        string[] args = commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int code = await RelayCommand.RunAsync(args, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
