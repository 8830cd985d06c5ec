using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Interop;

/// <summary>A node made with npm dht-rpc: <c>tests/interop/rpc-peer.mjs</c> in a process of its own.</summary>
internal sealed class RpcPeer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly CancellationToken _deadline;

    private RpcPeer(Process process, CancellationToken deadline)
    {
        _process = process;
        _deadline = deadline;
    }

    public UdpEndPoint EndPoint { get; private set; }

    public Fixed32? Id { get; private set; }

    /// <summary>
    /// Starts a node and waits until it has joined; without a bootstrap node it is the first of a DHT.
    /// </summary>
    public static async Task<RpcPeer> StartAsync(
        CancellationToken deadline,
        UdpEndPoint? bootstrap = null,
        bool ephemeral = false)
    {
        var start = new ProcessStartInfo("node")
        {
            WorkingDirectory = FindInteropFolder(),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            ArgumentList = { "rpc-peer.mjs" },
        };
        if (bootstrap is UdpEndPoint first)
        {
            start.ArgumentList.Add(first.ToString());
        }

        if (ephemeral)
        {
            start.ArgumentList.Add("--ephemeral");
        }

        var peer = new RpcPeer(Process.Start(start)!, deadline);
        JsonElement ready = await peer.ReadAsync("ready");
        peer.EndPoint = UdpEndPoint.Parse($"127.0.0.1:{ready.GetProperty("port").GetInt32()}");
        peer.Id = ready.GetProperty("id").GetString() is string id ? Fixed32.Parse(id) : null;
        return peer;
    }

    /// <summary>Has the node do something, as told at the head of the script.</summary>
    public async Task<JsonElement> DoAsync(object command)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(command));
        return await ReadAsync("reply");
    }

    /// <summary>An address as the script takes it.</summary>
    public static JsonObject Address(UdpEndPoint endPoint) =>
        new() { ["host"] = endPoint.ToIPAddress().ToString(), ["port"] = endPoint.Port };

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private async Task<JsonElement> ReadAsync(string expected)
    {
        string line = await _process.StandardOutput.ReadLineAsync(_deadline)
            ?? throw new InvalidOperationException("the JavaScript node has ended");
        return JsonSerializer.Deserialize<JsonElement>(line).TryGetProperty(expected, out JsonElement value)
            ? value
            : throw new InvalidOperationException($"the JavaScript node said {line}");
    }

    private static string FindInteropFolder()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "tests", "interop");
            if (File.Exists(Path.Combine(candidate, "rpc-peer.mjs")))
            {
                return Directory.Exists(Path.Combine(candidate, "node_modules", "dht-rpc"))
                    ? candidate
                    : throw new InvalidOperationException($"run 'npm ci' in {candidate}");
            }
        }

        throw new InvalidOperationException("the folder tests/interop is not above the test's output");
    }
}
