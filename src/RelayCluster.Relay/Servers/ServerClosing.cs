using RelayCluster.Dht;

namespace RelayCluster.Relay.Servers;

/// <summary>
/// The end of a server: taken back from the DHT, under a deadline, because nodes that are gone do not answer. What is
/// not taken back by then the nodes forget by themselves.
/// </summary>
internal sealed class ServerClosing(IDhtServer server, TimeProvider timeProvider) : IAsyncDisposable
{
    /// <summary>Shorter than the time that a stopping relay has in all.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async ValueTask DisposeAsync()
    {
        using var deadline = new CancellationTokenSource(Patience, timeProvider);
        await server.CloseAsync(deadline.Token).ConfigureAwait(false);
    }
}
