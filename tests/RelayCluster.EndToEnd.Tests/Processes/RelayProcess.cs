using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace RelayCluster.EndToEnd.Tests.Processes;

/// <summary>The built <c>relay</c> as a process: what it prints, how it is told to end, and how it does.</summary>
internal sealed partial class RelayProcess : IAsyncDisposable
{
    /// <summary>Generous, for a machine that runs much else: a test that meets it has failed.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly Lock _outputLock = new();
    private readonly List<(Regex Pattern, TaskCompletionSource<Match> Found)> _waiting = [];

    private RelayProcess(IEnumerable<string> args)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(FindRelay());
        foreach (string arg in args)
        {
            start.ArgumentList.Add(arg);
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_error, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Standard error so far.</summary>
    public string Error
    {
        get
        {
            lock (_outputLock)
            {
                return _error.ToString();
            }
        }
    }

    /// <summary>Standard output so far.</summary>
    public string Output
    {
        get
        {
            lock (_outputLock)
            {
                return _output.ToString();
            }
        }
    }

    public static RelayProcess Start(params string[] args) => new(args);

    /// <summary>A relay with a DHT and ports of its own, which listens by now.</summary>
    public static async Task<(RelayProcess Relay, RelayAddresses Addresses)> ServeAsync(params string[] more)
    {
        RelayProcess relay = Start(
            ["serve", "--testnet", "--host", "127.0.0.1", "--ws-port", "0", "--tcp-port", "0", .. more]);
        return (relay, await relay.ListeningAsync());
    }

    /// <summary>Where it says that it listens, with port 0 become a port.</summary>
    public async Task<RelayAddresses> ListeningAsync()
    {
        Match webSocket = await PrintsAsync(WebSocketAddress());
        Match tcp = await PrintsAsync(TcpAddress());
        return new RelayAddresses(Port(webSocket), Port(tcp));

        static int Port(Match match) => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    /// <summary>Waits for something on standard output.</summary>
    public async Task<Match> PrintsAsync(Regex pattern)
    {
        Task<Match> found;
        lock (_outputLock)
        {
            Match match = pattern.Match(_output.ToString());
            if (match.Success)
            {
                return match;
            }

            var waiting = new TaskCompletionSource<Match>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((pattern, waiting));
            found = waiting.Task;
        }

        Task exited = _process.WaitForExitAsync();
        if (await Task.WhenAny(found, exited).WaitAsync(Deadline) == exited && !found.IsCompleted)
        {
            throw new InvalidOperationException($"the relay ended with {_process.ExitCode}:\n{Output}{Error}");
        }

        return await found;
    }

    public void Signal(int signal)
    {
        if (NativeMethods.Kill(_process.Id, signal) != 0)
        {
            throw new InvalidOperationException($"kill: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> ExitAsync(TimeSpan? within = null)
    {
        using var overdue = new CancellationTokenSource(within ?? Deadline);
        await _process.WaitForExitAsync(overdue.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    [GeneratedRegex(@"\bws://127\.0\.0\.1:(\d+)")]
    private static partial Regex WebSocketAddress();

    [GeneratedRegex(@"\btcp://127\.0\.0\.1:(\d+)")]
    private static partial Regex TcpAddress();

    /// <summary>The relay that was built together with these tests, in the same configuration.</summary>
    private static string FindRelay()
    {
        var framework = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
        DirectoryInfo configuration = framework.Parent!;
        DirectoryInfo root = configuration.Parent!.Parent!.Parent!.Parent!;
        string relay = Path.Combine(
            root.FullName, "src/RelayCluster.Host/bin", configuration.Name, framework.Name, "relay.dll");
        return File.Exists(relay) ? relay : throw new InvalidOperationException($"there is no {relay}");
    }

    private void Keep(StringBuilder output, string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_outputLock)
        {
            output.Append(line).Append('\n');
            if (ReferenceEquals(output, _output))
            {
                string all = _output.ToString();
                _waiting.RemoveAll(waiting =>
                    waiting.Pattern.Match(all) is { Success: true } match && waiting.Found.TrySetResult(match));
            }
        }
    }
}
