namespace RelayCluster.Dht.Hyper.Serving;

/// <summary>
/// Room for the handshakes that a server has under way, whichever way their clients come. May be used from any thread.
/// </summary>
/// <param name="size">For so many.</param>
internal sealed class HandshakeRoom(int size)
{
    private int _taken;

    /// <summary>How many there is room for.</summary>
    public int Size => size;

    /// <summary>How many are under way.</summary>
    public int Taken => Volatile.Read(ref _taken);

    /// <summary>Takes a place; false if there is none.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _taken) <= size)
        {
            return true;
        }

        Interlocked.Decrement(ref _taken);
        return false;
    }

    /// <summary>Gives the place back.</summary>
    public void Leave() => Interlocked.Decrement(ref _taken);
}
