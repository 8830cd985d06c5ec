using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace RelayCluster.EndToEnd.Tests.Processes;

/// <summary>The built <c>relay</c> as a process: what it prints, how it is told to end, and how it does.</summary>
internal sealed partial class RelayProcess : IAsyncDisposable
{
    /// <summary>Generous, for a machine that runs much else: a test that meets it has failed.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly ProcessOutput _output = new();
    private readonly ProcessOutput _error = new();

    private RelayProcess(ProcessStartInfo start)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => _output.Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => _error.Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Standard error so far.</summary>
    public string Error => _error.Text;

    /// <summary>Standard output so far.</summary>
    public string Output => _output.Text;

    /// <summary>Starts it with an open standard input, to which nobody has written yet.</summary>
    public static RelayProcess Start(params IEnumerable<string> args) =>
        new(new ProcessStartInfo("dotnet", [FindRelay(), .. args]));

    /// <summary>Starts it from a shell, with files or programs for its standard streams.</summary>
    /// <param name="script">A script with <c>$relay</c> in it, which stands for the command and its arguments.</param>
    /// <param name="args">The arguments, without blanks in them.</param>
    public static RelayProcess StartByShell(string script, params IEnumerable<string> args) =>
        new(new ProcessStartInfo("/bin/sh", ["-c", script])
        {
            Environment = { ["relay"] = $"dotnet {FindRelay()} {string.Join(' ', args)}" },
        });

    /// <summary>Runs it to its end, with nothing on standard input.</summary>
    public static async Task<(int Code, string Output, string Error)> RunAsync(params IEnumerable<string> args)
    {
        await using RelayProcess process = Start(args);
        process.CloseInput();
        int code = await process.ExitAsync();
        return (code, process.Output, process.Error);
    }

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

    /// <summary>Where it says that operators can ask it.</summary>
    public async Task<string> AdminAsync() => (await PrintsAsync(AdminAddress())).Groups[1].Value;

    /// <summary>Waits for something on standard output.</summary>
    public Task<Match> PrintsAsync(Regex pattern) => FindAsync(_output, pattern);

    /// <summary>Waits for something on standard error.</summary>
    public Task<Match> SaysAsync(Regex pattern) => FindAsync(_error, pattern);

    /// <summary>Waits for the first line of standard output.</summary>
    public async Task<string> PrintsLineAsync() => (await PrintsAsync(Line())).Groups[1].Value;

    /// <summary>Writes to its standard input.</summary>
    public async Task TypeAsync(string text)
    {
        await _process.StandardInput.WriteAsync(text);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Ends its standard input.</summary>
    public void CloseInput() => _process.StandardInput.Close();

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
            _process.Kill(entireProcessTree: true); // a shell, and what it started
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    [GeneratedRegex(@"\bws://127\.0\.0\.1:(\d+)")]
    private static partial Regex WebSocketAddress();

    [GeneratedRegex(@"\btcp://127\.0\.0\.1:(\d+)")]
    private static partial Regex TcpAddress();

    [GeneratedRegex(@"operators on (http://127\.0\.0\.1:\d+)")]
    private static partial Regex AdminAddress();

    [GeneratedRegex("^(.+)\n")]
    private static partial Regex Line();

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

    private async Task<Match> FindAsync(ProcessOutput output, Regex pattern)
    {
        Task<Match> found = output.FindAsync(pattern);
        Task exited = _process.WaitForExitAsync();
        if (await Task.WhenAny(found, exited).WaitAsync(Deadline) == exited && !found.IsCompleted)
        {
            throw new InvalidOperationException($"the relay ended with {_process.ExitCode}:\n{Output}{Error}");
        }

        return await found;
    }
}
