using System.Runtime.InteropServices;

namespace RelayCluster.Host.Terminal;

/// <summary>
/// How a command is told to end: Ctrl+C, SIGTERM, or the terminal that goes away. The first time it ends in order,
/// taking back what it announced; the second time the process ends at once.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private static readonly PosixSignal[] Heeded = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP];

    private readonly CancellationTokenSource _told = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly bool _isOfProcess;
    private int _signal;

    /// <param name="isOfProcess">Whether the signals are those of this process; else only the owner tells them.</param>
    public Interruption(bool isOfProcess = false)
    {
        _isOfProcess = isOfProcess;
    }

    /// <summary>What shells expect of a command that a signal ended: 128 and its number; 0 if none did.</summary>
    public int ExitCode => _signal == 0 ? 0 : 128 + _signal;

    /// <summary>
    /// Begins to heed signals. Until then they have their usual effect: only who ends in order by itself asks for this.
    /// </summary>
    /// <returns>Cancelled when the command shall end.</returns>
    public CancellationToken Listen()
    {
        if (_isOfProcess && _registrations.Count == 0)
        {
            _registrations.AddRange(Heeded.Select(signal =>
                PosixSignalRegistration.Create(signal, context => context.Cancel = Tell(context.Signal))));
        }

        return _told.Token;
    }

    /// <summary>A signal came.</summary>
    /// <returns>Whether it was the first, and so is heeded.</returns>
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
