using System.Net;

namespace RelayCluster.Relay.Policy;

/// <summary>
/// What each address has. Those that have a session are there in any case; the others are remembered for
/// <see cref="Memory"/>, because a client must not get rid of a rate by coming anew, and at most
/// <see cref="MostIdle"/> of them, the latest. Without I/O and clock; whoever shares it locks it.
/// </summary>
internal sealed class AddressTable(AddressLimits limits)
{
    /// <summary>How long an address without a session is remembered.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);

    /// <summary>How many addresses without a session are remembered.</summary>
    public const int MostIdle = 65_536;

    private readonly Dictionary<IPAddress, Entry> _entries = [];
    private readonly LinkedList<Entry> _idle = new();

    /// <summary>How many addresses are in the table.</summary>
    public int Count => _entries.Count;

    /// <summary>What an address has: in use from now on, until <see cref="Leave"/> was said as often.</summary>
    public Allotment Enter(TimeSpan now, IPAddress address)
    {
        Forget(now);
        IPAddress key = PrefixOf(address);
        if (!_entries.TryGetValue(key, out Entry? entry))
        {
            entry = new Entry(key, new Allotment("address", limits));
            _entries.Add(key, entry);
        }
        else if (entry.Users == 0)
        {
            _idle.Remove(entry.Place);
        }

        entry.Users++;
        return entry.Allotment;
    }

    /// <summary>One less uses what an address has.</summary>
    public void Leave(TimeSpan now, IPAddress address)
    {
        Entry entry = _entries[PrefixOf(address)];
        if (--entry.Users == 0)
        {
            entry.IdleSince = now;
            _idle.AddLast(entry.Place);
        }

        Forget(now);
    }

    private void Forget(TimeSpan now)
    {
        while (_idle.First is { Value: var oldest }
            && (_idle.Count > MostIdle || now - oldest.IdleSince >= Memory))
        {
            _idle.RemoveFirst();
            _entries.Remove(oldest.Address);
        }
    }

    private IPAddress PrefixOf(IPAddress address)
    {
        if (address.GetAddressBytes() is not { Length: 16 } bytes || limits.IPv6PrefixBits == 128)
        {
            return address;
        }

        int whole = limits.IPv6PrefixBits / 8;
        bytes[whole] &= (byte)(0xff00 >> (limits.IPv6PrefixBits % 8));
        bytes.AsSpan(whole + 1).Clear();
        return new IPAddress(bytes);
    }

    private sealed class Entry
    {
        public Entry(IPAddress address, Allotment allotment)
        {
            Address = address;
            Allotment = allotment;
            Place = new LinkedListNode<Entry>(this);
        }

        public IPAddress Address { get; }

        public Allotment Allotment { get; }

        public LinkedListNode<Entry> Place { get; }

        public int Users { get; set; }

        public TimeSpan IdleSince { get; set; }
    }
}
