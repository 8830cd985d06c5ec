using System.Runtime.InteropServices;

namespace RelayCluster.Host.Terminal;

/// <summary>
/// How the process is told to end: Ctrl+C, SIGTERM, or the terminal that goes away. The first time the command ends in
/// order, taking back what it announced; the second time the process ends at once.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _told = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _signal;

    /// <summary>Cancelled when the command shall end.</summary>
    public CancellationToken Token => _told.Token;

    /// <summary>What shells expect of a command that a signal ended: 128 and its number; 0 if none did.</summary>
    public int ExitCode => _signal == 0 ? 0 : 128 + _signal;

    /// <summary>Listens to the signals of this process.</summary>
    public static Interruption OfProcess()
    {
        var interruption = new Interruption();
        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP])
        {
            interruption._registrations.Add(PosixSignalRegistration.Create(
                signal,
                context => context.Cancel = interruption.Tell(context.Signal)));
        }

        return interruption;
    }

    /// <summary>A signal came.</summary>
    /// <returns>Whether it was the first, and so is heeded here.</returns>
    public bool Tell(PosixSignal signal)
    {
        if (Interlocked.CompareExchange(ref _signal, Number(signal), 0) != 0)
        {
            return false;
        }

        _told.Cancel();
        return true;
    }

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _told.Dispose();
    }

    private static int Number(PosixSignal signal) => signal switch
    {
        PosixSignal.SIGHUP => 1,
        PosixSignal.SIGINT => 2,
        _ => 15,
    };
}
