using System.Runtime.CompilerServices;
using RelayCluster.Udx.Packets;

namespace RelayCluster.Udx.Recovery;

/// <summary>
/// The packets from the first that is not acknowledged up to the next new one, in a ring by number. Two lists run through
/// the ring: those in flight, by the time of sending, which is the order in which they are found lost; and those lost, by
/// the time of being found so, which is the order in which they are sent again. So no operation walks over the window.
/// </summary>
internal sealed class SentPackets(SequenceNumber first)
{
    private const int InitialCapacity = 16;

    private SentPacket[] _slots = [];
    private PacketList _inFlight;
    private PacketList _lost;

    /// <summary>The first packet not acknowledged (TCP's SND.UNA).</summary>
    public SequenceNumber First { get; private set; } = first;

    /// <summary>The next new packet (TCP's SND.NXT).</summary>
    public SequenceNumber Next { get; private set; } = first;

    /// <summary>How many numbers lie between: in flight, lost, or acknowledged selectively.</summary>
    public int Count => Next - First;

    public int InFlightCount => _inFlight.Count;

    public int LostCount => _lost.Count;

    /// <summary>How many were acknowledged ahead of a gap.</summary>
    public int SackedCount => Count - InFlightCount - LostCount;

    /// <summary>Data bytes of the packets in flight and lost: what the peer must still take in.</summary>
    public int UnackedBytes { get; private set; }

    /// <summary>The packet in flight that was sent longest ago.</summary>
    public SequenceNumber OldestInFlight => _inFlight.Head;

    /// <summary>The packet to send again first.</summary>
    public SequenceNumber FirstLost => _lost.Head;

    public ref SentPacket this[SequenceNumber number] => ref _slots[number.Value & (uint)(_slots.Length - 1)];

    /// <summary>Whether the number lies in the ring and is not acknowledged.</summary>
    public bool IsUnacked(SequenceNumber number) =>
        number >= First && number < Next && this[number].State != PacketState.Acked;

    /// <summary>Takes the next number for a packet that is being sent.</summary>
    public SequenceNumber Append(in SentPacket packet)
    {
        if (Count >= _slots.Length)
        {
            Grow();
        }

        SequenceNumber number = Next;
        Next += 1;
        ref SentPacket slot = ref this[number];
        slot = packet;
        slot.State = PacketState.InFlight;
        UnackedBytes += packet.DataBytes;
        Link(ref _inFlight, number, ref slot);
        return number;
    }

    /// <summary>A packet in flight is given up.</summary>
    public void MarkLost(SequenceNumber number)
    {
        ref SentPacket packet = ref this[number];
        Unlink(ref _inFlight, ref packet);
        packet.State = PacketState.Lost;
        Link(ref _lost, number, ref packet);
    }

    /// <summary>A packet, lost or in flight, is sent again.</summary>
    public void MarkSentAgain(SequenceNumber number, TimeSpan now)
    {
        ref SentPacket packet = ref this[number];
        Unlink(ref ListOf(packet.State), ref packet);
        packet.State = PacketState.InFlight;
        packet.SentAt = now;
        packet.IsRetransmitted = true;
        Link(ref _inFlight, number, ref packet);
    }

    /// <summary>A packet that is not acknowledged now is.</summary>
    public void MarkAcked(SequenceNumber number)
    {
        ref SentPacket packet = ref this[number];
        Unlink(ref ListOf(packet.State), ref packet);
        packet.State = PacketState.Acked;
        UnackedBytes -= packet.DataBytes;
    }

    /// <summary>Everything before <paramref name="acked"/> is acknowledged, and forgotten.</summary>
    public void Forget(SequenceNumber acked) => First = acked;

    /// <summary>Gives the memory back, as when the stream is over.</summary>
    public void Clear()
    {
        _slots = [];
        _inFlight = default;
        _lost = default;
        First = Next;
        UnackedBytes = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref PacketList ListOf(PacketState state) => ref state == PacketState.Lost ? ref _lost : ref _inFlight;

    private void Link(ref PacketList list, SequenceNumber number, ref SentPacket packet)
    {
        if (list.Count++ == 0)
        {
            list.Head = list.Tail = number;
            return;
        }

        packet.Previous = list.Tail;
        this[list.Tail].Next = number;
        list.Tail = number;
    }

    private void Unlink(ref PacketList list, ref SentPacket packet)
    {
        if (--list.Count == 0)
        {
            return;
        }

        if (Unsafe.AreSame(ref this[list.Head], ref packet))
        {
            list.Head = packet.Next;
        }
        else if (Unsafe.AreSame(ref this[list.Tail], ref packet))
        {
            list.Tail = packet.Previous;
        }
        else
        {
            this[packet.Previous].Next = packet.Next;
            this[packet.Next].Previous = packet.Previous;
        }
    }

    private void Grow()
    {
        var slots = new SentPacket[Math.Max(InitialCapacity, _slots.Length * 2)];
        for (SequenceNumber number = First; number < Next; number += 1)
        {
            slots[number.Value & (uint)(slots.Length - 1)] = this[number];
        }

        _slots = slots;
    }

    private struct PacketList
    {
        public SequenceNumber Head;
        public SequenceNumber Tail;
        public int Count;
    }
}
