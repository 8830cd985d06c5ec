using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using RelayCluster.Host.Commands;
using RelayCluster.Host.Terminal;
using Spectre.Console;

namespace RelayCluster.Host.Tests.Commands;

/// <summary>A command line that runs in this process, on a terminal of the test's.</summary>
internal sealed class CommandLineRun : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly SharedWriter _output = new();
    private readonly SharedWriter _error = new();
    private readonly MemoryStream _outputBytes = new();
    private readonly CommandTerminal _terminal;
    private readonly Task<int> _running;

    private CommandLineRun(string[] args, Stream? input, InputKind kind, Func<TextWriter, IAnsiConsole>? createStatus)
    {
        _terminal = new CommandTerminal(
            _output,
            _error,
            () => new StandardInput(input ?? Stream.Null, kind),
            () => _outputBytes,
            () => createStatus?.Invoke(_error));
        _running = Task.Run(() => RelayCommand.RunAsync(args, _terminal));
    }

    public string Output => _output.ToString();

    public string Error => _error.ToString();

    /// <summary>What went to standard output as a stream.</summary>
    public string OutputText => Encoding.UTF8.GetString(_outputBytes.ToArray());

    /// <summary>Starts a command line without quotes in it, but for '', an argument that is empty.</summary>
    public static CommandLineRun Start(
        string commandLine,
        Stream? input = null,
        InputKind kind = InputKind.File,
        Func<TextWriter, IAnsiConsole>? createStatus = null) =>
        new(
            [.. commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(arg => arg == "''" ? "" : arg)],
            input,
            kind,
            createStatus);

    /// <summary>The lines of standard output so far, read as JSON.</summary>
    public IReadOnlyList<JsonElement> Events() => Parse(Output);

    /// <summary>The lines of standard error so far, read as JSON.</summary>
    public IReadOnlyList<JsonElement> ErrorEvents() => Parse(Error);

    /// <summary>Waits for a whole line of standard output.</summary>
    public Task<string> OutputLineAsync(int index = 0) => _output.LineAsync(index).WaitAsync(Deadline);

    /// <summary>Waits for a whole line of standard error.</summary>
    public Task<string> ErrorLineAsync(int index = 0) => _error.LineAsync(index).WaitAsync(Deadline);

    public void Interrupt(PosixSignal signal) => _terminal.Interruption.Tell(signal);

    public Task<int> ExitAsync() => _running.WaitAsync(Deadline);

    /// <summary>Tells it to end.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> StopAsync()
    {
        Interrupt(PosixSignal.SIGTERM);
        return ExitAsync();
    }

    public void Dispose()
    {
        _terminal.Dispose();
        _output.Dispose();
        _error.Dispose();
    }

    private static JsonElement[] Parse(string lines) =>
    [
        .. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement),
    ];
}
