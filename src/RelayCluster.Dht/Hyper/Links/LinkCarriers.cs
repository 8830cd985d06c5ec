using System.Collections.Concurrent;
using RelayCluster.Dht.Hyper.Connecting;
using RelayCluster.Dht.Links;

namespace RelayCluster.Dht.Hyper.Links;

/// <summary>The links that connections of a node run over, so that they end with it.</summary>
/// <param name="bufferBytes">How many bytes one holds in each direction, if its connection does not say.</param>
internal sealed class LinkCarriers(int bufferBytes)
{
    private readonly ConcurrentDictionary<LinkCarrier, LinkCarrier> _open = new();
    private volatile bool _isClosed;

    /// <summary>Opens a connection over a link whose sides have shaken hands.</summary>
    /// <param name="link">The connection's from here on.</param>
    /// <param name="share">What the connection may hold; given back at its end.</param>
    /// <param name="open">Opens it over its carrier.</param>
    public DhtStream Open(DhtLink link, BufferShare share, Func<ICarrier, DhtStream> open)
    {
        try
        {
            return share.KeepFor(open(Carry(link, share.Bytes)));
        }
        catch
        {
            share.GiveBack();
            throw;
        }
    }

    /// <summary>Ends them all, those that are opened from here on too, and waits for it.</summary>
    public async Task CloseAsync()
    {
        _isClosed = true;
        LinkCarrier[] open = [.. _open.Keys];
        foreach (LinkCarrier carrier in open)
        {
            carrier.Abandon();
        }

        await Task.WhenAll(open.Select(static carrier => carrier.Running))
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private LinkCarrier Carry(DhtLink link, int? bytes)
    {
        var carrier = new LinkCarrier(link, bytes ?? bufferBytes);
        _open[carrier] = carrier;
        if (_isClosed)
        {
            carrier.Abandon();
        }

        carrier.Running.ContinueWith(
            (_, ended) => _open.TryRemove((LinkCarrier)ended!, out LinkCarrier? _),
            carrier,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return carrier;
    }
}
