using Microsoft.Win32.SafeHandles;
using Spectre.Console;

namespace RelayCluster.Host.Terminal;

/// <summary>
/// What a command has to do with the world: the standard streams, the signal to end, and, where a person sits in front
/// of it, a line that shows how things stand.
/// <para>
/// Standard output has what was asked for and nothing else, so that it can be piped on; all that is said besides goes
/// to standard error, and so does the status line.
/// </para>
/// </summary>
internal sealed class CommandTerminal : IDisposable
{
    private readonly Lazy<StandardInput> _input;
    private readonly Lazy<Stream> _bytes;
    private readonly Lazy<IAnsiConsole?> _status;

    /// <summary>A terminal of its own, for tests.</summary>
    public CommandTerminal(
        TextWriter output,
        TextWriter error,
        Func<StandardInput>? openInput = null,
        Func<Stream>? openOutput = null,
        Func<IAnsiConsole?>? openStatus = null,
        Interruption? interruption = null)
    {
        Output = output;
        Error = error;
        _input = new Lazy<StandardInput>(openInput ?? (() => new StandardInput(Stream.Null, InputKind.File)));
        _bytes = new Lazy<Stream>(openOutput ?? (() => Stream.Null));
        _status = new Lazy<IAnsiConsole?>(openStatus ?? (() => null));
        Interruption = interruption ?? new Interruption();
    }

    /// <summary>What was asked for.</summary>
    public TextWriter Output { get; }

    /// <summary>What is said besides.</summary>
    public TextWriter Error { get; }

    /// <summary>Where a status line may be shown; null if nobody would see it.</summary>
    public IAnsiConsole? Status => _status.Value;

    /// <summary>Whether the lines of <see cref="Output"/> and the status line appear in the same place.</summary>
    public bool IsOutputBesideStatus { get; private init; }

    /// <summary>How the command is told to end.</summary>
    public Interruption Interruption { get; }

    /// <summary>Standard input.</summary>
    public StandardInput Input => _input.Value;

    /// <summary>Standard output, as bytes.</summary>
    public Stream OutputBytes => _bytes.Value;

    /// <summary>That of the process.</summary>
    public static CommandTerminal OfProcess() => new(
        Console.Out,
        Console.Error,
        StandardInput.OfProcess,
        OpenOutput,
        OpenStatus,
        new Interruption(isOfProcess: true))
    {
        IsOutputBesideStatus = !Console.IsOutputRedirected,
    };

    public void Dispose()
    {
        Interruption.Dispose();
        if (_input.IsValueCreated)
        {
            _input.Value.Dispose();
        }
    }

    /// <summary>
    /// The console's own stream takes what nobody reads any more as written (<c>relay connect … | head</c>), a file
    /// stream says so. But a file stream writes to files at places of its own, beside what others append.
    /// </summary>
    private static Stream OpenOutput()
    {
        var stream = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return stream.CanSeek ? Console.OpenStandardOutput() : stream;
    }

    private static IAnsiConsole? OpenStatus()
    {
        if (Console.IsErrorRedirected)
        {
            return null;
        }

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(Console.Error),
        });

        // A dumb terminal cannot take a line back, and would get one after the other.
        return console.Profile.Capabilities is { Ansi: true, Interactive: true } ? console : null;
    }
}
