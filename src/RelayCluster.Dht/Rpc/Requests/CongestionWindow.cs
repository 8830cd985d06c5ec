namespace RelayCluster.Dht.Rpc.Requests;

/// <summary>
/// How many requests may be out without an answer, so that a burst of queries does not drown a home router. Sendings
/// are counted in four slots of 750 ms: one slot takes the maximum, all together twice that. A reply makes room in the
/// current slot, and after 3 s a sending is forgotten either way. (dht-rpc, lib/io.js, has these numbers.)
/// </summary>
internal sealed class CongestionWindow
{
    /// <summary>How long a slot is the current one.</summary>
    public static readonly TimeSpan SlotPeriod = TimeSpan.FromMilliseconds(750);

    private readonly int _maxPerSlot;
    private readonly int[] _slots = new int[4];
    private long _turn;
    private int _total;

    public CongestionWindow(int maxPerSlot)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxPerSlot);
        _maxPerSlot = maxPerSlot;
    }

    private int Current => (int)(_turn & 3);

    /// <summary>Whether the next request has to wait.</summary>
    public bool IsFull(TimeSpan now)
    {
        Turn(now);
        return _total >= 2 * _maxPerSlot || _slots[Current] >= _maxPerSlot;
    }

    /// <summary>When a full window next gets room by itself.</summary>
    public TimeSpan NextTurn(TimeSpan now)
    {
        Turn(now);
        return SlotPeriod * (_turn + 1);
    }

    /// <summary>A request was sent.</summary>
    public void HandleSent(TimeSpan now)
    {
        Turn(now);
        _slots[Current]++;
        _total++;
    }

    /// <summary>A request was answered or given up.</summary>
    public void HandleDone(TimeSpan now)
    {
        Turn(now);
        if (_slots[Current] > 0)
        {
            _slots[Current]--;
            _total--;
        }
    }

    private void Turn(TimeSpan now)
    {
        long turn = now.Ticks / SlotPeriod.Ticks;
        for (int i = 0; i < _slots.Length && _turn < turn; i++)
        {
            _turn++;
            _total -= _slots[Current];
            _slots[Current] = 0;
        }

        // All four are empty now; the turns in between would empty them again.
        _turn = Math.Max(_turn, turn);
    }
}
