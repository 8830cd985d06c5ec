using System.Collections.Concurrent;
using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Hyper.Punching;

/// <summary>
/// The clients of a server that may punch, by the numbers that the handshakes gave them. As many as there are
/// handshakes under way. Used from any thread.
/// </summary>
internal sealed class ServerPunches
{
    private readonly ConcurrentDictionary<ulong, ServerPunch> _punches = new();
    private uint _lastId;

    /// <summary>A number for a client that is to be told one.</summary>
    public ulong NextId() => Interlocked.Increment(ref _lastId);

    public void Add(ulong id, ServerPunch punch) => _punches[id] = punch;

    public void Remove(ulong id) => _punches.TryRemove(id, out _);

    /// <inheritdoc cref="ServerPunch.HandleRound"/>
    public byte[]? HandleRound(ulong id, ReadOnlySpan<byte> sealedPayload, UdpEndPoint client, bool isOwnRelay) =>
        _punches.TryGetValue(id, out ServerPunch? punch)
            ? punch.HandleRound(sealedPayload, client, isOwnRelay)
            : null;
}
