using System.Runtime.InteropServices;
using RelayCluster.Host.Terminal;

namespace RelayCluster.Host.Tests.Terminal;

public sealed class InterruptionTests
{
    [Theory]
    [InlineData(PosixSignal.SIGHUP, 129)]
    [InlineData(PosixSignal.SIGINT, 130)]
    [InlineData(PosixSignal.SIGTERM, 143)]
    public void The_first_signal_is_heeded_and_the_second_is_not(PosixSignal signal, int exitCode)
    {
        using var interruption = new Interruption();
        CancellationToken told = interruption.Listen();
        Assert.Equal(0, interruption.ExitCode);
        Assert.False(told.IsCancellationRequested);

        Assert.True(interruption.Tell(signal));
        Assert.False(interruption.Tell(PosixSignal.SIGINT));

        Assert.True(told.IsCancellationRequested);
        Assert.Equal(exitCode, interruption.ExitCode);
    }

    [Fact]
    public async Task What_goes_on_until_it_is_told_to_end_has_ended_well()
    {
        using var terminal = new CommandTerminal(TextWriter.Null, TextWriter.Null);
        Task<int> running = Told.ServeAsync(terminal, EndlessAsync);

        terminal.Interruption.Tell(PosixSignal.SIGTERM);

        Assert.Equal(0, await running);
    }

    [Fact]
    public async Task What_had_not_finished_says_so()
    {
        using var terminal = new CommandTerminal(TextWriter.Null, TextWriter.Null);
        Task<int> running = Told.FinishAsync(terminal, EndlessAsync);

        terminal.Interruption.Tell(PosixSignal.SIGTERM);

        Assert.Equal(143, await running);
    }

    [Fact]
    public async Task What_has_finished_before_says_nothing_of_a_signal()
    {
        using var terminal = new CommandTerminal(TextWriter.Null, TextWriter.Null);

        int code = await Told.FinishAsync(terminal, _ =>
        {
            terminal.Interruption.Tell(PosixSignal.SIGTERM);
            return Task.CompletedTask;
        });

        Assert.Equal(0, code);
    }

    private static Task EndlessAsync(CancellationToken told) => new TaskCompletionSource().Task.WaitAsync(told);
}
