using System.Buffers;
using RelayCluster.Udx.Packets;

namespace RelayCluster.Udx.Streams;

/// <summary>
/// Packets that arrived ahead of a gap, in a ring by number, with their bytes in pooled arrays. A peer can only fill it
/// up to the bytes that the caller allows and to <c>maxDistance</c> numbers ahead.
/// </summary>
internal sealed class ReorderBuffer(int maxDistance)
{
    private const int InitialCapacity = 16;

    private readonly SequenceRanges _numbers = new();
    private Slot[] _slots = [];

    /// <summary>The memory that the packets take.</summary>
    public int Bytes { get; private set; }

    public int Count { get; private set; }

    /// <summary>The numbers of the packets, as they are told to the sender.</summary>
    public ReadOnlySpan<SackRange> Ranges => _numbers.Ranges;

    /// <summary>Keeps a packet, unless it is there already, too far ahead or larger than allowed.</summary>
    /// <param name="number">Its number, after <paramref name="expected"/>.</param>
    /// <param name="expected">The number of the gap's first packet.</param>
    /// <param name="types">The packet's.</param>
    /// <param name="data">Its bytes, which are copied.</param>
    /// <param name="allowedBytes">How much memory there is for it.</param>
    public bool TryAdd(
        SequenceNumber number,
        SequenceNumber expected,
        PacketTypes types,
        ReadOnlySpan<byte> data,
        long allowedBytes)
    {
        int distance = number - expected;
        if (distance > maxDistance || data.Length > allowedBytes)
        {
            return false;
        }

        if (distance >= _slots.Length)
        {
            Grow(expected, distance);
        }

        ref Slot slot = ref SlotOf(number);
        if (slot.Array is not null)
        {
            return false;
        }

        byte[] array = data.IsEmpty ? [] : ArrayPool<byte>.Shared.Rent(data.Length);
        data.CopyTo(array);
        slot = new Slot { Array = array, Length = data.Length, Types = types };
        Bytes += array.Length;
        Count++;
        _numbers.Add(number);
        return true;
    }

    /// <summary>Shows the packet that closes the gap, if it is there; <see cref="Remove"/> it after use.</summary>
    public bool TryGet(SequenceNumber number, out PacketTypes types, out ReadOnlySpan<byte> data)
    {
        if (Count > 0 && SlotOf(number) is { Array: not null } slot)
        {
            types = slot.Types;
            data = slot.Array.AsSpan(0, slot.Length);
            return true;
        }

        types = default;
        data = default;
        return false;
    }

    /// <summary>Removes a packet that is there.</summary>
    public void Remove(SequenceNumber number)
    {
        ref Slot slot = ref SlotOf(number);
        Release(ref slot);
        Count--;
    }

    /// <summary>Tells that the gap now starts at <paramref name="expected"/>.</summary>
    public void Advance(SequenceNumber expected) => _numbers.RemoveBefore(expected);

    /// <summary>Drops everything.</summary>
    public void Clear()
    {
        foreach (ref Slot slot in _slots.AsSpan())
        {
            Release(ref slot);
        }

        _slots = [];
        _numbers.Clear();
        Count = 0;
    }

    private ref Slot SlotOf(SequenceNumber number) => ref _slots[number.Value & (uint)(_slots.Length - 1)];

    private void Release(ref Slot slot)
    {
        if (slot.Array is { Length: > 0 } array)
        {
            Bytes -= array.Length;
            ArrayPool<byte>.Shared.Return(array);
        }

        slot = default;
    }

    private void Grow(SequenceNumber expected, int distance)
    {
        Slot[] old = _slots;
        int capacity = Math.Max(InitialCapacity, old.Length);
        while (capacity <= distance)
        {
            capacity *= 2;
        }

        _slots = new Slot[capacity];
        for (int i = 0; i < old.Length; i++)
        {
            SequenceNumber number = expected + i;
            SlotOf(number) = old[number.Value & (uint)(old.Length - 1)];
        }
    }

    private struct Slot
    {
        public byte[]? Array;
        public int Length;
        public PacketTypes Types;
    }
}
