using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using RelayCluster.Dht;
using RelayCluster.Dht.Hyper;
using RelayCluster.Host.Keys;
using RelayCluster.Host.Terminal;
using RelayCluster.Wire;
using Spectre.Console;

namespace RelayCluster.Host.Tests.Commands;

/// <summary>The commands on a DHT, in this process; in processes of their own: the end-to-end tests.</summary>
public sealed class NetworkCommandTests(TestnetFixture testnet) : IClassFixture<TestnetFixture>
{
    private const string Nobody = "0000000000000000000000000000000000000000000000000000000000000001";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Announce_is_seen_by_lookup_until_it_is_told_to_end()
    {
        string publicKey = Seed.ToKeyPair("announce").PublicKey.ToString();
        using var announce = CommandLineRun.Start($"announce @a/topic --seed announce {testnet.Join}");
        Assert.Equal(publicKey, await announce.OutputLineAsync());

        Assert.Equal((0, $"{publicKey}\n", ""), await RunAsync("lookup @a/topic"));
        Assert.Equal(0, await announce.StopAsync());
        Assert.Equal($"{publicKey} is no longer announced\n", announce.Error);

        Assert.Equal((0, "", "nobody has announced it\n"), await RunAsync("lookup @a/topic"));
    }

    [Fact]
    public async Task Announce_once_stays_until_unannounce()
    {
        string publicKey = Seed.ToKeyPair("once").PublicKey.ToString();

        Assert.Equal((0, $"{publicKey}\n", ""), await RunAsync("announce once --once --seed once"));
        Assert.Equal((0, $"{publicKey}\n", ""), await RunAsync("lookup once"));
        (int code, _, string error) = await RunAsync("unannounce once --seed once");
        Assert.Equal((0, $"{publicKey} is no longer announced\n"), (code, error));
        Assert.Equal((0, "", "nobody has announced it\n"), await RunAsync("lookup once"));
    }

    [Fact]
    public async Task Lookup_tells_each_peer_once_as_JSON()
    {
        await RunAsync("announce json --once --seed json-1");
        await RunAsync("announce json --once --seed json-2");
        using var lookup = CommandLineRun.Start($"lookup json --json {testnet.Join}");
        Assert.Equal(0, await lookup.ExitAsync());

        IReadOnlyList<JsonElement> events = lookup.Events();
        Assert.Equal(["peer", "peer", "finished"], events.Select(e => e.GetProperty("event").GetString()));
        Assert.Equal(
            ((string[])["json-1", "json-2"]).Select(seed => $"{Seed.ToKeyPair(seed).PublicKey}").Order(),
            events.Take(2).Select(e => e.GetProperty("publicKey").GetString()!).Order());
        Assert.Equal(2, events[2].GetProperty("peers").GetInt32());
        Assert.True(IPEndPoint.TryParse(events[0].GetProperty("from").GetString()!, out _));
    }

    [Fact]
    public async Task Connect_sends_input_and_prints_the_answer()
    {
        await using DhtNode node = await testnet.CreateNodeAsync();
        await using IDhtServer server = await node.ListenAsync();
        using var input = new MemoryStream("question"u8.ToArray());
        using var connect = CommandLineRun.Start($"connect {server.PublicKey} --json {testnet.Join}", input);

        await using DhtStream stream = (await server.AcceptAsync().AsTask().WaitAsync(Deadline))!;
        Assert.Equal("question", await ReadAllAsync(stream));
        await stream.WriteAsync("answer"u8.ToArray());
        await stream.EndAsync();

        Assert.Equal(0, await connect.ExitAsync());
        Assert.Equal("answer", connect.OutputText);
        Assert.Equal("", connect.Output);
        JsonElement closed = connect.ErrorEvents()[1];
        Assert.Equal("connected", connect.ErrorEvents()[0].GetProperty("event").GetString());
        Assert.Equal("closed", closed.GetProperty("event").GetString());
        Assert.Equal((8, 6), (closed.GetProperty("sent").GetInt64(), closed.GetProperty("received").GetInt64()));
    }

    [Fact]
    public async Task Connect_as_the_key_that_it_is_given()
    {
        await using DhtNode node = await testnet.CreateNodeAsync();
        await using IDhtServer server = await node.ListenAsync();
        using var connect = CommandLineRun.Start($"connect {server.PublicKey} --seed me {testnet.Join}");

        await using DhtStream stream = (await server.AcceptAsync().AsTask().WaitAsync(Deadline))!;

        Assert.Equal(Seed.ToKeyPair("me").PublicKey, stream.RemotePublicKey);
        await stream.EndAsync();
        Assert.Equal(0, await connect.ExitAsync());
    }

    [Fact]
    public async Task Connect_to_a_server_that_cuts_the_connection_is_one_line()
    {
        await using DhtNode node = await testnet.CreateNodeAsync();
        await using IDhtServer server = await node.ListenAsync();
        using var connect = CommandLineRun.Start($"connect {server.PublicKey} {testnet.Join}", Silence());
        await using DhtStream stream = (await server.AcceptAsync().AsTask().WaitAsync(Deadline))!;
        Assert.Contains("open", await connect.ErrorLineAsync(), StringComparison.Ordinal);

        stream.Destroy();

        Assert.Equal(1, await connect.ExitAsync());
        Assert.Equal(
            "relay: the connection broke off: ECONNRESET: connection reset by peer", await connect.ErrorLineAsync(1));
    }

    [Theory]
    [InlineData(PosixSignal.SIGINT, 130)]
    [InlineData(PosixSignal.SIGTERM, 143)]
    public async Task Connect_that_is_interrupted_says_so_as_shells_expect(PosixSignal signal, int expected)
    {
        await using DhtNode node = await testnet.CreateNodeAsync();
        await using IDhtServer server = await node.ListenAsync();
        using var connect = CommandLineRun.Start($"connect {server.PublicKey} {testnet.Join}", Silence());
        await using DhtStream stream = (await server.AcceptAsync().AsTask().WaitAsync(Deadline))!;
        await connect.ErrorLineAsync();

        connect.Interrupt(signal);

        Assert.Equal(expected, await connect.ExitAsync());
        await Assert.ThrowsAsync<DhtException>(() => stream.ReadMessageAsync().AsTask().WaitAsync(Deadline));
    }

    [Theory]
    [InlineData("connect")]
    public async Task A_key_that_nobody_listens_on_is_one_line(string command)
    {
        (int code, string output, string error) = await RunAsync($"{command} {Nobody}");

        Assert.Equal((1, "", "relay: PEER_NOT_FOUND: Peer not found\n"), (code, output, error));
    }

    [Fact]
    public async Task A_DHT_where_nobody_answers_is_one_line()
    {
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var lookup = CommandLineRun.Start(
            $"lookup a --dht-host 127.0.0.1 --bootstrap {silent.LocalEndPoint}");

        Assert.Equal(1, await lookup.ExitAsync());
        Assert.Equal($"relay: no node of the DHT answers at {silent.LocalEndPoint}\n", lookup.Error);
    }

    [Fact]
    public async Task Listen_takes_one_connection_after_the_other_to_the_standard_streams()
    {
        using var listen = CommandLineRun.Start($"listen --json --seed listen {testnet.Join}", kind: InputKind.File);
        JsonElement listening = JsonDocument.Parse(await listen.ErrorLineAsync()).RootElement;
        Fixed32 key = Fixed32.Parse(listening.GetProperty("publicKey").GetString()!);
        Assert.Equal(Seed.ToKeyPair("listen").PublicKey, key);
        await using DhtNode node = await testnet.CreateNodeAsync();

        await SendAsync(node, key, "first ");
        await SendAsync(node, key, "second");

        Assert.Equal(0, await listen.StopAsync());
        Assert.Equal("first second", listen.OutputText);
        Assert.Equal(
            ["listening", "connected", "closed", "connected", "closed"],
            listen.ErrorEvents().Select(e => e.GetProperty("event").GetString()));
        await AssertNobodyAsync(node, key);
    }

    [Fact]
    public async Task Listen_lets_in_whom_it_is_told_to()
    {
        string allowed = $"{Seed.ToKeyPair("friend").PublicKey}";
        using var listen = CommandLineRun.Start($"listen --seed door --allow {allowed} {testnet.Join}");
        string key = await listen.ErrorLineAsync();

        Assert.Equal(
            (1, "", "relay: PEER_CONNECTION_FAILED: Could not connect to peer\n"),
            await RunAsync($"connect {key} --seed stranger"));
        (int code, _, _) = await RunAsync($"connect {key} --seed friend");

        Assert.Equal(0, code);
        Assert.Equal(0, await listen.StopAsync());
    }

    [Fact]
    public async Task Tunnel_to_a_forwarding_server_half_closes_both_ways()
    {
        using var target = new TcpListener(IPAddress.Loopback, 0);
        target.Start();
        using var listen = CommandLineRun.Start(
            $"listen --forward 127.0.0.1:{((IPEndPoint)target.LocalEndpoint).Port} {testnet.Join}");
        using var tunnel = CommandLineRun.Start($"tunnel {await listen.OutputLineAsync()} --port 0 {testnet.Join}");
        IPEndPoint address = IPEndPoint.Parse(await tunnel.OutputLineAsync());
        using var client = new TcpClient();
        await client.ConnectAsync(address);
        NetworkStream near = client.GetStream();
        await near.WriteAsync("ping"u8.ToArray());
        client.Client.Shutdown(SocketShutdown.Send);

        using TcpClient served = await target.AcceptTcpClientAsync().WaitAsync(Deadline);
        NetworkStream far = served.GetStream();
        Assert.Equal("ping", await ReadAllAsync(far));
        await far.WriteAsync("pong"u8.ToArray());
        served.Client.Shutdown(SocketShutdown.Send);
        Assert.Equal("pong", await ReadAllAsync(near));

        Assert.Equal(0, await tunnel.StopAsync());
        Assert.Equal(0, await listen.StopAsync());
    }

    [Fact]
    public async Task Listen_forwarding_to_nobody_says_so_and_goes_on()
    {
        using var unused = new TcpListener(IPAddress.Loopback, 0);
        unused.Start();
        int port = ((IPEndPoint)unused.LocalEndpoint).Port;
        unused.Stop();
        using var listen = CommandLineRun.Start($"listen --forward 127.0.0.1:{port} {testnet.Join}");
        string key = await listen.OutputLineAsync();

        using var connect = CommandLineRun.Start($"connect {key} {testnet.Join}", Silence());

        Assert.Equal(1, await connect.ExitAsync());
        Assert.StartsWith(
            $"cannot connect to 127.0.0.1:{port}: Connection refused",
            await listen.ErrorLineAsync(),
            StringComparison.Ordinal);
        Assert.Equal(0, await listen.StopAsync());
    }

    [Fact]
    public async Task Tunnel_to_nobody_resets_the_connection_says_so_and_goes_on()
    {
        using var tunnel = CommandLineRun.Start($"tunnel {Nobody} --json {testnet.Join}");
        JsonElement open = JsonDocument.Parse(await tunnel.OutputLineAsync()).RootElement;
        using var client = new TcpClient();
        await client.ConnectAsync(IPEndPoint.Parse(open.GetProperty("address").GetString()!));

        var e = await Assert.ThrowsAsync<IOException>(
            () => client.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(Deadline));

        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(e.InnerException).SocketErrorCode);
        JsonElement fault = JsonDocument.Parse(await tunnel.OutputLineAsync(1)).RootElement;
        Assert.Equal(
            $"cannot connect to {Nobody}: PEER_NOT_FOUND: Peer not found", fault.GetProperty("message").GetString());
        Assert.Equal(0, await tunnel.StopAsync());
    }

    [Fact]
    public async Task Tunnel_on_a_port_in_use_is_one_line()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();

        (int code, _, string error) = await RunAsync(
            $"tunnel {Nobody} --port {((IPEndPoint)taken.LocalEndpoint).Port}");

        Assert.Equal(1, code);
        Assert.StartsWith(
            $"relay: cannot listen on {taken.LocalEndpoint}: Address already in use", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bootstrap_and_testnet_print_what_others_join_by()
    {
        using var first = CommandLineRun.Start("bootstrap --port 0");
        string address = await first.OutputLineAsync();
        using var second = CommandLineRun.Start($"bootstrap --port 0 --bootstrap {address} --json");
        JsonElement joined = JsonDocument.Parse(await second.OutputLineAsync()).RootElement;
        using var testnet = CommandLineRun.Start("testnet --nodes 2 --json");
        JsonElement own = JsonDocument.Parse(await testnet.OutputLineAsync()).RootElement;

        Assert.Equal("bootstrap", joined.GetProperty("event").GetString());
        await AssertJoinsAsync(address);
        await AssertJoinsAsync(joined.GetProperty("address").GetString()!);
        await AssertJoinsAsync(own.GetProperty("bootstrap")[0].GetString()!);
        Assert.Equal(0, await testnet.StopAsync());
        Assert.Equal(0, await second.StopAsync());
        Assert.Equal(0, await first.StopAsync());
    }

    [Fact]
    public async Task Keygen_makes_the_same_key_of_the_same_text_also_by_standard_input()
    {
        using var input = new MemoryStream("correct horse\r\nnot this"u8.ToArray());
        using var typed = CommandLineRun.Start("keygen --seed - --json", input);
        Assert.Equal(0, await typed.ExitAsync());
        JsonElement key = Assert.Single(typed.Events());

        using RelayCluster.Crypto.KeyPair expected = Seed.ToKeyPair("correct horse");
        Assert.Equal($"{expected.PublicKey}", key.GetProperty("publicKey").GetString());
        Assert.Equal(Convert.ToHexStringLower(expected.SecretKey), key.GetProperty("secretKey").GetString());
    }

    [Fact]
    public async Task Keygen_to_a_file_prints_the_public_key_alone()
    {
        using var directory = new Tests.Keys.TemporaryDirectory();
        string file = directory.File("server.key");
        using var keygen = CommandLineRun.Start($"keygen --key-file {file}");
        Assert.Equal(0, await keygen.ExitAsync());

        using RelayCluster.Crypto.KeyPair pair = KeyFile.Read(file);
        Assert.Equal($"{pair.PublicKey}\n", keygen.Output);
        Assert.DoesNotContain(Convert.ToHexStringLower(pair.SecretKey[..8]), keygen.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_terminal_shows_how_things_stand()
    {
        using var lookup = CommandLineRun.Start($"lookup nothing {testnet.Join}", createStatus: CreateStatus);

        Assert.Equal(0, await lookup.ExitAsync());
        Assert.Contains("joining the DHT", lookup.Error, StringComparison.Ordinal);
        Assert.Contains("nobody has announced it", lookup.Error, StringComparison.Ordinal);
        Assert.Equal("", lookup.Output);

        static IAnsiConsole CreateStatus(TextWriter writer) => AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            Interactive = InteractionSupport.Yes,
            Out = new AnsiConsoleOutput(writer),
        });
    }

    /// <summary>The input of somebody who sits before the keyboard and types nothing.</summary>
    private static Stream Silence() => new Pipe().Reader.AsStream();

    private static async Task SendAsync(DhtNode node, Fixed32 key, string text)
    {
        await using DhtStream stream = await node.ConnectAsync(key);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(text));
        await stream.EndAsync();
        Assert.Null(await stream.ReadMessageAsync().AsTask().WaitAsync(Deadline));
    }

    private static async Task<string> ReadAllAsync(Stream stream)
    {
        using var reader = new StreamReader(stream, leaveOpen: true);
        return await reader.ReadToEndAsync().WaitAsync(Deadline);
    }

    private static async Task AssertNobodyAsync(DhtNode node, Fixed32 key)
    {
        var e = await Assert.ThrowsAsync<DhtException>(async () => await node.ConnectAsync(key));
        Assert.Equal(DhtError.PeerNotFound, e.Error);
    }

    private static async Task AssertJoinsAsync(string address)
    {
        using var lookup = CommandLineRun.Start($"lookup a --dht-host 127.0.0.1 --bootstrap {address}");
        Assert.Equal(0, await lookup.ExitAsync());
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(string commandLine)
    {
        using var run = CommandLineRun.Start($"{commandLine} {testnet.Join}");
        int code = await run.ExitAsync();
        return (code, run.Output, run.Error);
    }
}
