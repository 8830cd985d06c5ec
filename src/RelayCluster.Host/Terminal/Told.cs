namespace RelayCluster.Host.Terminal;

/// <summary>
/// How commands end when they are told to. One that goes on until then has done what it was asked to: 0. One that had
/// not finished says so, as shells expect it: 130 after Ctrl+C, 143 after SIGTERM.
/// </summary>
internal static class Told
{
    /// <summary>Runs what goes on until it is told to end.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> ServeAsync(CommandTerminal terminal, Func<CancellationToken, Task> serveAsync)
    {
        await RunAsync(terminal.Interruption, serveAsync);
        return 0;
    }

    /// <summary>Runs what comes to an end by itself.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> FinishAsync(CommandTerminal terminal, Func<CancellationToken, Task> finishAsync) =>
        await RunAsync(terminal.Interruption, finishAsync) ? 0 : terminal.Interruption.ExitCode;

    /// <summary>Whether it came to its end by itself.</summary>
    private static async Task<bool> RunAsync(Interruption interruption, Func<CancellationToken, Task> runAsync)
    {
        CancellationToken told = interruption.Listen();
        try
        {
            await runAsync(told);
            return true;
        }
        catch (OperationCanceledException) when (told.IsCancellationRequested)
        {
            return false;
        }
    }
}
