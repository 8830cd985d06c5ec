using System.Security.Cryptography;

namespace RelayCluster.Dht.Hyper.Punching;

/// <summary>Sends what a <see cref="ProbeSchedule"/> says.</summary>
internal static class ProbeSender
{
    /// <summary>Ends when all was tried, and an answer to the last would have come.</summary>
    public static async Task RunAsync(
        IPunchNetwork network,
        TimeProvider timeProvider,
        PunchTarget target,
        TimeSpan start,
        CancellationToken cancellationToken)
    {
        long started = timeProvider.GetTimestamp();
        var schedule = new ProbeSchedule(start, target, RandomNumberGenerator.GetInt32(int.MaxValue));
        while (schedule.NextTimeout is { } due)
        {
            TimeSpan pause = due - timeProvider.GetElapsedTime(started);
            if (pause > TimeSpan.Zero)
            {
                await Task.Delay(pause, timeProvider, cancellationToken).ConfigureAwait(false);
            }

            schedule.HandleTimeout(timeProvider.GetElapsedTime(started));
            while (schedule.TryTakeProbe(out Udx.Sockets.UdpEndPoint to))
            {
                network.SendProbe(to);
            }
        }
    }
}
