using System.Buffers.Binary;
using System.Security.Cryptography;
using RelayCluster.Wire;

namespace RelayCluster.Cluster.Connections;

/// <summary>
/// The tickets that this node has given out and that nobody has come with yet. Each is good once, and for a short time;
/// there are never more than a fixed number. A ticket is 32 random bytes. The first eight say where to look, and tell
/// nobody anything by themselves; the whole of it is compared in a time that does not depend on what is right in it.
/// </summary>
internal sealed class TicketBook(TimeProvider timeProvider, TimeSpan lifetime, int capacity)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, Entry> _entries = [];
    private readonly Queue<Entry> _byAge = new();

    /// <summary>Writes a ticket down; false if too many are out.</summary>
    /// <param name="secret">Random bytes, new ones.</param>
    /// <param name="ticket">What it is good for.</param>
    public bool TryAdd(Fixed32 secret, Ticket ticket)
    {
        lock (_lock)
        {
            Forget();
            var entry = new Entry(secret, ticket, timeProvider.GetTimestamp());
            if (_entries.Count >= capacity || !_entries.TryAdd(PlaceOf(secret), entry))
            {
                return false;
            }

            _byAge.Enqueue(entry);
            return true;
        }
    }

    /// <summary>What a ticket is good for, which it is not any more from then on; null if it is or was not.</summary>
    public Ticket? Redeem(Fixed32 secret)
    {
        lock (_lock)
        {
            Forget();
            if (!_entries.TryGetValue(PlaceOf(secret), out Entry? entry)
                || !CryptographicOperations.FixedTimeEquals(secret.Span, entry.Secret.Span))
            {
                return null;
            }

            _entries.Remove(PlaceOf(secret));
            return entry.Ticket;
        }
    }

    /// <summary>How many tickets are out for a purpose.</summary>
    public int Count(string purpose)
    {
        lock (_lock)
        {
            Forget();
            return _entries.Values.Count(entry => entry.Ticket.Purpose == purpose);
        }
    }

    private static ulong PlaceOf(Fixed32 secret) => BinaryPrimitives.ReadUInt64LittleEndian(secret.Span);

    private void Forget()
    {
        while (_byAge.TryPeek(out Entry? oldest) && IsOver(oldest))
        {
            _byAge.Dequeue();
            ulong place = PlaceOf(oldest.Secret);
            if (_entries.TryGetValue(place, out Entry? entry) && entry == oldest)
            {
                _entries.Remove(place);
            }
        }
    }

    private bool IsOver(Entry entry) => timeProvider.GetElapsedTime(entry.Since) >= lifetime;

    private sealed class Entry(Fixed32 secret, Ticket ticket, long since)
    {
        public Fixed32 Secret { get; } = secret;

        public Ticket Ticket { get; } = ticket;

        public long Since { get; } = since;
    }
}
