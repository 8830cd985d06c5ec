using RelayCluster.Wire;

namespace RelayCluster.Relay.Servers;

/// <summary>One server's hold on its key, from its listen until nothing of it is left.</summary>
internal sealed class KeyHold(EndingServers endings, Fixed32 key)
{
    private int _isEnding;

    /// <summary>Waits until servers on the same key that are ending already are gone.</summary>
    public Task WhenFreeAsync(CancellationToken cancellationToken) => endings.WhenGoneAsync(key, cancellationToken);

    /// <summary>
    /// The server is not wanted any more. Said as early as that is known, before anybody else can ask for the key; may be
    /// said again.
    /// </summary>
    public void BeginEnd()
    {
        if (Interlocked.Exchange(ref _isEnding, 1) == 0)
        {
            endings.Add(key);
        }
    }

    /// <summary>Nothing of the server is left; said once.</summary>
    public void End()
    {
        BeginEnd();
        endings.Remove(key);
    }
}
