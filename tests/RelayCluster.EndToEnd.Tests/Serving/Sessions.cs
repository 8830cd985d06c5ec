using RelayCluster.EndToEnd.Tests.Processes;

namespace RelayCluster.EndToEnd.Tests.Serving;

/// <summary>Sees whether a relay with an admin endpoint has a session: a connection that is open has none yet.</summary>
internal static class Sessions
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Returns when there is one.</summary>
    public static async Task AnyAsync(RelayProcess relay)
    {
        string admin = await relay.AdminAsync();
        using var http = new HttpClient();
        using var deadline = new CancellationTokenSource(Deadline);
        using var interval = new PeriodicTimer(Interval);
        while ((await http.GetStringAsync(new Uri($"{admin}/v1/sessions"), deadline.Token)).Length == 0)
        {
            await interval.WaitForNextTickAsync(deadline.Token);
        }
    }
}
