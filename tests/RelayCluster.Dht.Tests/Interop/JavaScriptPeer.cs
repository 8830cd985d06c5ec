using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using RelayCluster.Dht.Hyper;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Interop;

/// <summary>
/// A node of the npm package hyperdht in a process of its own (<c>tests/interop/dht/peer.mjs</c>), driven by commands.
/// </summary>
internal sealed class JavaScriptPeer : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonObject>> _calls = [];
    private readonly Channel<JsonObject> _events = Channel.CreateUnbounded<JsonObject>();
    private readonly Task _reading;
    private readonly Task<string> _errors;
    private int _lastId;

    private JavaScriptPeer(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
        _reading = ReadAsync();
    }

    public static JavaScriptPeer Start()
    {
        string script = Path.Combine(FindRepository(), "tests", "interop", "dht", "peer.mjs");
        Process process = Process.Start(new ProcessStartInfo("node", [script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        return new JavaScriptPeer(process);
    }

    /// <summary>A node of a network that is there already.</summary>
    public static async Task<JavaScriptPeer> JoinAsync(IReadOnlyList<BootstrapNode> bootstrap, object? options = null)
    {
        JavaScriptPeer peer = Start();
        await peer.CallAsync("node", new { bootstrap = bootstrap.Select(b => b.ToString()), options });
        return peer;
    }

    /// <summary>A private network of JavaScript nodes, and one more that takes commands.</summary>
    public static async Task<(JavaScriptPeer Peer, BootstrapNode[] Bootstrap)> StartNetworkAsync(object? options = null)
    {
        JavaScriptPeer peer = Start();
        JsonObject testnet = await peer.CallAsync("testnet", new { size = 4 });
        string[] addresses = [.. testnet["bootstrap"]!.AsArray().Select(a => (string)a!)];
        await peer.CallAsync("node", new { bootstrap = addresses, options });
        return (peer, [.. addresses.Select(BootstrapNode.Parse)]);
    }

    /// <summary>Opens a server; gives its public key.</summary>
    public async Task<Fixed32> ListenAsync(string behaviour, object? options = null)
    {
        JsonObject answer = await CallAsync("listen", new { behaviour, options });
        return Fixed32.Parse((string)answer["publicKey"]!);
    }

    /// <summary>Gives a command and waits for its answer.</summary>
    public async Task<JsonObject> CallAsync(string op, object? arguments = null)
    {
        int id = Interlocked.Increment(ref _lastId);
        var answer = new TaskCompletionSource<JsonObject>(TaskCreationOptions.RunContinuationsAsynchronously);
        _calls[id] = answer;
        JsonObject command = arguments is null ? [] : JsonSerializer.SerializeToNode(arguments)!.AsObject();
        command["id"] = id;
        command["op"] = op;
        await _process.StandardInput.WriteLineAsync(command.ToJsonString());
        await _process.StandardInput.FlushAsync();
        JsonObject result = await answer.Task.WaitAsync(Deadline);
        return result["error"] is { } error ? throw new InvalidOperationException($"{op}: {error}") : result;
    }

    /// <summary>Waits for the next event of a kind; others before it are skipped.</summary>
    public async Task<JsonObject> NextAsync(string kind)
    {
        using var stopping = new CancellationTokenSource(Deadline);
        while (true)
        {
            JsonObject next = await _events.Reader.ReadAsync(stopping.Token);
            if ((string)next["event"]! == kind)
            {
                return next;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        try
        {
            await _process.WaitForExitAsync().WaitAsync(Deadline);
        }
        catch (TimeoutException)
        {
            _process.Kill();
        }

        await _reading;
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            JsonObject message = JsonNode.Parse(line)!.AsObject();
            if (message["id"] is { } id && _calls.TryRemove((int)id, out TaskCompletionSource<JsonObject>? call))
            {
                call.TrySetResult(message);
            }
            else
            {
                _events.Writer.TryWrite(message);
            }
        }

        string errors = await _errors;
        foreach (TaskCompletionSource<JsonObject> call in _calls.Values)
        {
            call.TrySetException(new InvalidOperationException($"the JavaScript peer ended: {errors}"));
        }

        _events.Writer.TryComplete(new InvalidOperationException($"the JavaScript peer ended: {errors}"));
    }

    private static string FindRepository()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "RelayCluster.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("RelayCluster.sln is not above the test's output folder");
    }
}
