using RelayCluster.Dht;
using RelayCluster.Host.Reports;

namespace RelayCluster.Host.Forwarding;

/// <summary>Carries connections from their opening to their end, and tells of both.</summary>
internal sealed class Carrier(Reporter reporter, Traffic traffic)
{
    /// <summary>Carries one connection; both ends are this method's to dispose.</summary>
    /// <returns>How it ended, told by the caller if at all.</returns>
    public async Task<ClosedReport> CarryAsync(IEnd local, DhtStream remote, CancellationToken cancellationToken)
    {
        await using IEnd localEnd = local;
        await using var remoteEnd = new DhtEnd(remote);
        int number = traffic.Open();
        reporter.Tell(new ConnectedReport(number, remote.PublicKey, remote.RemotePublicKey));
        var splice = new Splice(localEnd, remoteEnd, traffic);
        string? reason = null;
        try
        {
            await splice.RunAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            reason = "cut, as this side was told to end";
        }
        catch (Exception e) when (e is IOException or DhtException or ConnectionException)
        {
            reason = e.Message;
        }
        finally
        {
            traffic.Close();
        }

        return new ClosedReport(number, splice.Sent, splice.Received, reason);
    }
}
