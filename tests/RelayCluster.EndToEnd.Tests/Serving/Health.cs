using System.Net;
using RelayCluster.EndToEnd.Tests.Processes;

namespace RelayCluster.EndToEnd.Tests.Serving;

/// <summary>What an orchestrator does: asks until the answer is 200.</summary>
internal static class Health
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Returns when the relay is ready; there is no event for that but its answer.</summary>
    public static async Task ReadyAsync(RelayAddresses addresses)
    {
        using var http = new HttpClient();
        using var deadline = new CancellationTokenSource(Deadline);
        using var interval = new PeriodicTimer(Interval);
        while (true)
        {
            using HttpResponseMessage response = await http.GetAsync(addresses.Http("/health/ready"), deadline.Token);
            if (response.StatusCode == HttpStatusCode.OK)
            {
                return;
            }

            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            await interval.WaitForNextTickAsync(deadline.Token);
        }
    }
}
