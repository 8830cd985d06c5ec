using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using static RelayCluster.Udx.Sockets.NativeMethods;

namespace RelayCluster.Udx.Sockets;

/// <summary>
/// The driver for 64-bit Linux. A batch is one system call each way: recvmmsg with UDP_GRO, where a message may be a run
/// of datagrams that the kernel joined; sendmmsg with UDP_SEGMENT, where the kernel cuts a run into datagrams as late as
/// it can. For 1,200-byte datagrams that costs a quarter of one call a datagram. The loop waits in ppoll on the socket
/// and an eventfd.
/// </summary>
/// <remarks>
/// What the kernel does not know or a sandbox forbids is found when the driver is made, and then there is none; that the
/// way out cannot cut runs (EIO, EINVAL) shows only when sending, and from then on each datagram is a message. The
/// message headers point into pinned arrays and are written once where they do not change. Datagrams may not be
/// fragmented on the way, or an MTU probe would always arrive: IP_PMTUDISC_PROBE, as the reference sets.
/// </remarks>
[SupportedOSPlatform("linux")]
internal sealed unsafe class LinuxDriver : IDatagramDriver
{
    // A run that the kernel joins has at most 64 KiB.
    private const int SlotBytes = 64 * 1024;
    private const int Slots = 16;

    // Without UDP_SEGMENT a message is a datagram.
    private const int MaxMessages = 256;

    private const ushort AddressFamilyInternet = 2;
    private const int LevelIp = 0;
    private const int OptionMtuDiscover = 10;
    private const int MtuDiscoverProbe = 3;
    private const int LevelUdp = 17;
    private const int OptionSegment = 103;
    private const int OptionReceiveOffload = 104;
    private const int FlagDontWait = 0x40;
    private const int EventFlags = 0x800 | 0x80000;
    private const short PollIn = 1;
    private const short PollOut = 4;
    private const int ErrorInterrupted = 4;
    private const int ErrorIo = 5;
    private const int ErrorAgain = 11;
    private const int ErrorInvalid = 22;

    // How long a send waits for room in the socket's buffer before the rest of the batch counts as lost.
    private static readonly TimeSpan MaxSendWait = TimeSpan.FromMilliseconds(5);

    private readonly Socket _socket;
    private readonly SafeHandle _handle;
    private readonly int _descriptor;
    private readonly int _wakeEvent;
    private readonly Lock _wakeLock = new();
    private readonly MessageHeader[] _inHeaders = GC.AllocateArray<MessageHeader>(Slots, pinned: true);
    private readonly IoVector[] _inVectors = GC.AllocateArray<IoVector>(Slots, pinned: true);
    private readonly InternetAddress[] _inAddresses = GC.AllocateArray<InternetAddress>(Slots, pinned: true);
    private readonly SegmentControl[] _inControls = GC.AllocateArray<SegmentControl>(Slots, pinned: true);
    private readonly MessageHeader[] _outHeaders = GC.AllocateArray<MessageHeader>(MaxMessages, pinned: true);
    private readonly IoVector[] _outVectors = GC.AllocateArray<IoVector>(MaxMessages, pinned: true);
    private readonly InternetAddress[] _outAddresses = GC.AllocateArray<InternetAddress>(MaxMessages, pinned: true);
    private readonly SegmentControl[] _outControls = GC.AllocateArray<SegmentControl>(MaxMessages, pinned: true);
    private bool _canSegment;
    private bool _isDisposed;

    private LinuxDriver(Socket socket, int wakeEvent)
    {
        _socket = socket;
        _handle = socket.SafeHandle;
        _descriptor = (int)_handle.DangerousGetHandle();
        _wakeEvent = wakeEvent;
        LocalEndPoint = (IPEndPoint)socket.LocalEndPoint!;
        _canSegment = TrySetOption(LevelUdp, OptionSegment, 0);
        TrySetOption(LevelUdp, OptionReceiveOffload, 1);
        TrySetOption(LevelIp, OptionMtuDiscover, MtuDiscoverProbe);
        for (int i = 0; i < MaxMessages; i++)
        {
            _outHeaders[i].Name = Pointer(_outAddresses, i);
            _outHeaders[i].NameLength = (uint)sizeof(InternetAddress);
            _outHeaders[i].Vectors = Pointer(_outVectors, i);
            _outHeaders[i].VectorCount = 1;
            _outAddresses[i].Family = AddressFamilyInternet;
            _outControls[i] = new SegmentControl
            {
                Length = (nuint)(sizeof(nuint) + (2 * sizeof(int)) + sizeof(ushort)),
                Level = LevelUdp,
                Type = OptionSegment,
            };
        }
    }

    public IPEndPoint LocalEndPoint { get; }

    /// <summary>Whether runs go to the kernel whole.</summary>
    internal bool CanSegment => _canSegment;

    /// <summary>Makes the driver for a bound socket; null where it cannot work.</summary>
    public static LinuxDriver? TryCreate(Socket socket)
    {
        if (IntPtr.Size != sizeof(long))
        {
            return null;
        }

        int wakeEvent = CreateEvent(0, EventFlags);
        if (wakeEvent < 0)
        {
            return null;
        }

        MessageHeader none = default;
        bool canReceive = ReceiveMessages(socket.SafeHandle, &none, 1, FlagDontWait, null) >= 0 ||
            Marshal.GetLastPInvokeError() == ErrorAgain;
        if (canReceive && SendMessages(socket.SafeHandle, &none, 0, 0) >= 0)
        {
            return new LinuxDriver(socket, wakeEvent);
        }

        Close(wakeEvent);
        return null;
    }

    public ReceiveBatch CreateReceiveBatch()
    {
        var batch = new ReceiveBatch(Slots, SlotBytes);
        for (int i = 0; i < Slots; i++)
        {
            _inVectors[i].Base = Pointer(batch.Buffer, i * SlotBytes);
            _inVectors[i].Length = SlotBytes;
            _inHeaders[i].Name = Pointer(_inAddresses, i);
            _inHeaders[i].Vectors = Pointer(_inVectors, i);
            _inHeaders[i].VectorCount = 1;
            _inHeaders[i].Control = Pointer(_inControls, i);
        }

        return batch;
    }

    public void Receive(ReceiveBatch batch, TimeSpan? timeout)
    {
        batch.Clear();

        // The socket is looked at first: while there is traffic, the wait is not needed.
        if (ReceiveNow(batch) || timeout == TimeSpan.Zero)
        {
            return;
        }

        PollDescriptor* descriptors = stackalloc PollDescriptor[2]
        {
            new PollDescriptor { Descriptor = _descriptor, Events = PollIn },
            new PollDescriptor { Descriptor = _wakeEvent, Events = PollIn },
        };
        TimeSpec time = ToTimeSpec(timeout.GetValueOrDefault());
        if (Poll(descriptors, 2, timeout is null ? null : &time, null) <= 0)
        {
            return;
        }

        if (descriptors[1].Returned != 0)
        {
            ulong count;
            _ = Read(_wakeEvent, &count, sizeof(ulong));
        }

        if (descriptors[0].Returned != 0)
        {
            ReceiveNow(batch);
        }
    }

    public void Send(SendBatch batch)
    {
        int messages = 0;
        foreach (ref readonly DatagramRun run in batch.Runs)
        {
            int step = _canSegment ? run.Length : run.SegmentBytes;
            for (int start = 0; start < run.Length; start += step)
            {
                if (messages == MaxMessages)
                {
                    SendNow(messages);
                    messages = 0;
                }

                SetMessage(messages++, run, batch.Buffer, start, Math.Min(step, run.Length - start));
            }
        }

        if (!SendNow(messages))
        {
            // The kernel took runs up to here and will not take one more; what it refused goes out cut.
            _canSegment = false;
            Send(batch);
            return;
        }

        batch.Clear();
    }

    public void Wake()
    {
        lock (_wakeLock)
        {
            if (!_isDisposed)
            {
                ulong one = 1;
                _ = Write(_wakeEvent, &one, sizeof(ulong));
            }
        }
    }

    public void Dispose()
    {
        lock (_wakeLock)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            Close(_wakeEvent);
        }

        _socket.Dispose();
    }

    private static TimeSpec ToTimeSpec(TimeSpan time) => new()
    {
        Seconds = (nint)(time.Ticks / TimeSpan.TicksPerSecond),
        Nanoseconds = (nint)(time.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick),
    };

    // Only for pinned arrays.
    private static T* Pointer<T>(T[] pinned, int index)
        where T : unmanaged =>
        (T*)Marshal.UnsafeAddrOfPinnedArrayElement(pinned, index);

    private bool TrySetOption(int level, int option, int value)
    {
        try
        {
            _socket.SetRawSocketOption(level, option, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in value)));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private bool ReceiveNow(ReceiveBatch batch)
    {
        for (int i = 0; i < Slots; i++)
        {
            _inHeaders[i].NameLength = (uint)sizeof(InternetAddress);
            _inHeaders[i].ControlLength = (nuint)sizeof(SegmentControl);
        }

        int count = ReceiveMessages(_handle, Pointer(_inHeaders, 0), Slots, FlagDontWait, null);
        for (int i = 0; i < count; i++)
        {
            ref readonly InternetAddress address = ref _inAddresses[i];
            ref readonly SegmentControl control = ref _inControls[i];
            int length = (int)_inHeaders[i].Length;
            bool isRun = _inHeaders[i].ControlLength > 0 && control.Level == LevelUdp &&
                control.Type == OptionReceiveOffload && control.Value > 0;
            batch.Add(i, ToEndPoint(address), length, isRun ? control.Value : length);
        }

        return count > 0;
    }

    private static UdpEndPoint ToEndPoint(in InternetAddress address) => new(
        BinaryPrimitives.ReverseEndianness(address.Address),
        BinaryPrimitives.ReverseEndianness(address.Port));

    private void SetMessage(int index, in DatagramRun run, byte[] buffer, int start, int length)
    {
        _outVectors[index].Base = Pointer(buffer, run.Offset + start);
        _outVectors[index].Length = (nuint)length;
        _outAddresses[index].Port = BinaryPrimitives.ReverseEndianness(run.EndPoint.Port);
        _outAddresses[index].Address = BinaryPrimitives.ReverseEndianness(run.EndPoint.Address);
        bool isRun = length > run.SegmentBytes;
        _outControls[index].Value = run.SegmentBytes;
        _outHeaders[index].Control = isRun ? Pointer(_outControls, index) : null;
        _outHeaders[index].ControlLength = isRun ? (nuint)sizeof(SegmentControl) : 0;
    }

    // False if a run was refused for being one.
    private bool SendNow(int messages)
    {
        bool hasWaited = false;
        for (int sent = 0; sent < messages;)
        {
            int count = SendMessages(_handle, Pointer(_outHeaders, sent), (uint)(messages - sent), FlagDontWait);
            if (count > 0)
            {
                sent += count;
                hasWaited = false;
                continue;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case ErrorInterrupted:
                    break;
                case ErrorAgain:
                    if (hasWaited)
                    {
                        return true;
                    }

                    hasWaited = true;
                    WaitForRoom();
                    break;
                case ErrorIo or ErrorInvalid when _outHeaders[sent].ControlLength > 0:
                    return false;
                default:
                    sent++;
                    break;
            }
        }

        return true;
    }

    private void WaitForRoom()
    {
        PollDescriptor descriptor = new() { Descriptor = _descriptor, Events = PollOut };
        TimeSpec time = ToTimeSpec(MaxSendWait);
        _ = Poll(&descriptor, 1, &time, null);
    }
}
