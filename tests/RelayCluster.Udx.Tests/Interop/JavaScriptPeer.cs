using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using RelayCluster.Udx.Sockets;

namespace RelayCluster.Udx.Tests.Interop;

/// <summary>A peer made with npm udx-native: <c>tests/interop/udx-peer.mjs</c> in a process of its own.</summary>
internal sealed class JavaScriptPeer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly CancellationToken _deadline;
    private readonly List<JsonElement> _told = [];

    private JavaScriptPeer(Process process, CancellationToken deadline)
    {
        _process = process;
        _deadline = deadline;
    }

    public UdpEndPoint EndPoint { get; private set; }

    /// <summary>Starts the peer.</summary>
    /// <param name="localId">Its stream's id.</param>
    /// <param name="remoteId">Ours.</param>
    /// <param name="send">How many bytes it writes before it ends.</param>
    /// <param name="destroyOnData">Whether it destroys its stream when it reads something.</param>
    /// <param name="deadline">Ends all waits.</param>
    public static async Task<JavaScriptPeer> StartAsync(
        uint localId, uint remoteId, int send, bool destroyOnData, CancellationToken deadline)
    {
        string folder = FindInteropFolder();
        var start = new ProcessStartInfo("node")
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            ArgumentList =
            {
                "udx-peer.mjs",
                JsonSerializer.Serialize(new { localId, remoteId, send, destroyOnData }),
            },
        };
        var peer = new JavaScriptPeer(Process.Start(start)!, deadline);
        JsonElement listening = await peer.NextAsync("listening");
        int port = listening.GetProperty("port").GetInt32();
        peer.EndPoint = new UdpEndPoint(new IPEndPoint(IPAddress.Loopback, port));
        return peer;
    }

    /// <summary>Has the peer connect to us.</summary>
    public async Task ConnectAsync(UdpEndPoint remote) =>
        await _process.StandardInput.WriteLineAsync(remote.Port.ToString(CultureInfo.InvariantCulture));

    /// <summary>What the peer tells about <paramref name="name"/>, before or after other things.</summary>
    public async Task<JsonElement> NextAsync(string name)
    {
        int told = _told.FindIndex(message => message.GetProperty("event").ValueEquals(name));
        if (told >= 0)
        {
            return _told[told];
        }

        while (await _process.StandardOutput.ReadLineAsync(_deadline) is { } line)
        {
            JsonElement message = JsonSerializer.Deserialize<JsonElement>(line);
            if (message.GetProperty("event").ValueEquals(name))
            {
                return message;
            }

            _told.Add(message);
        }

        throw new InvalidOperationException($"the peer ended without telling '{name}'");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private static string FindInteropFolder()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "tests", "interop");
            if (File.Exists(Path.Combine(candidate, "udx-peer.mjs")))
            {
                return Directory.Exists(Path.Combine(candidate, "node_modules", "udx-native"))
                    ? candidate
                    : throw new InvalidOperationException($"run 'npm ci' in {candidate}");
            }
        }

        throw new InvalidOperationException("the folder tests/interop is not above the test's output");
    }
}
