using RelayCluster.Agent.Frames;

namespace RelayCluster.Agent.Calls;

/// <summary>What the caller need not wait for is given up when it hangs up.</summary>
internal static class HangUp
{
    /// <param name="next">The caller's next frame, which comes after the work is done unless it hangs up.</param>
    /// <param name="work">Takes the token that is cancelled then.</param>
    public static async Task<T> CancelsAsync<T>(Task<Frame?> next, Func<CancellationToken, Task<T>> work)
    {
        using var hungUp = new CancellationTokenSource();
        Task<T> working = work(hungUp.Token);
        if (await Task.WhenAny(working, next) == next)
        {
            await hungUp.CancelAsync();
        }

        return await working;
    }
}
