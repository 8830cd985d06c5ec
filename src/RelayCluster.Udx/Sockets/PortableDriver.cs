using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace RelayCluster.Udx.Sockets;

/// <summary>
/// The driver for every system that .NET runs on: a datagram a call, without allocations. What it waits on is the UDP
/// socket alone, so it is woken by a datagram to itself, from a second socket whose address tells it apart.
/// </summary>
internal sealed class PortableDriver : IDatagramDriver
{
    private const int Slots = 64;

    // Turns off that Windows reports an ICMP "port unreachable" as an error of the next receive.
    private const int SioUdpConnectionReset = unchecked((int)0x9800000C);

    private readonly Socket _socket;
    private readonly Socket _waker = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly SocketAddress _wakeTarget;
    private readonly UdpEndPoint _wakerEndPoint;
    private readonly SocketAddress _address = new(AddressFamily.InterNetwork);

    public PortableDriver(Socket socket)
    {
        _socket = socket;

        // Milliseconds: a datagram that made the socket readable may prove broken, and then there is none to read.
        _socket.ReceiveTimeout = 1;
        LocalEndPoint = (IPEndPoint)socket.LocalEndPoint!;
        IPAddress self = LocalEndPoint.Address.Equals(IPAddress.Any) ? IPAddress.Loopback : LocalEndPoint.Address;
        _waker.Bind(new IPEndPoint(self, 0));
        _wakerEndPoint = new UdpEndPoint((IPEndPoint)_waker.LocalEndPoint!);
        _wakeTarget = new IPEndPoint(self, LocalEndPoint.Port).Serialize();
        if (OperatingSystem.IsWindows())
        {
            socket.IOControl(SioUdpConnectionReset, [0, 0, 0, 0], null);
        }
    }

    public IPEndPoint LocalEndPoint { get; }

    public ReceiveBatch CreateReceiveBatch() => new(Slots, SendBatch.MaxDatagramBytes);

    public void Receive(ReceiveBatch batch, TimeSpan? timeout)
    {
        batch.Clear();
        TimeSpan wait = timeout ?? Timeout.InfiniteTimeSpan;
        try
        {
            if (!_socket.Poll(wait, SelectMode.SelectRead))
            {
                return;
            }

            // An empty datagram is there too, though it has no bytes available.
            int slot = 0;
            do
            {
                _address.Size = _address.Buffer.Length;
                int length = _socket.ReceiveFrom(batch.Slot(slot), SocketFlags.None, _address);
                UdpEndPoint sender = ReadAddress();
                if (length > 0 && sender != _wakerEndPoint)
                {
                    batch.Add(slot, sender, length, length);
                }

                slot++;
            }
            while (slot < batch.SlotCount && _socket.Available > 0);
        }
        catch (SocketException)
        {
            // Somebody we sent to is not there, or a datagram was longer than any we take.
        }
    }

    public void Send(SendBatch batch)
    {
        foreach (ref readonly DatagramRun run in batch.Runs)
        {
            WriteAddress(run.EndPoint);
            for (int sent = 0; sent < run.Length; sent += run.SegmentBytes)
            {
                int length = Math.Min(run.SegmentBytes, run.Length - sent);
                try
                {
                    _socket.SendTo(batch.Buffer.AsSpan(run.Offset + sent, length), SocketFlags.None, _address);
                }
                catch (SocketException)
                {
                    // Unreachable, too long, or no room: lost, as on the way.
                }
            }
        }

        batch.Clear();
    }

    public void Wake()
    {
        try
        {
            _waker.SendTo([0], SocketFlags.None, _wakeTarget);
        }
        catch (SocketException)
        {
            // A full queue is a wake as well.
        }
        catch (ObjectDisposedException)
        {
            // The loop is gone, and its waits with it.
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        _waker.Dispose();
    }

    private UdpEndPoint ReadAddress()
    {
        Span<byte> bytes = _address.Buffer.Span;
        return new UdpEndPoint(
            BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]),
            BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]));
    }

    private void WriteAddress(UdpEndPoint endPoint)
    {
        _address.Size = _wakeTarget.Size;
        _wakeTarget.Buffer.Span[.._wakeTarget.Size].CopyTo(_address.Buffer.Span);
        BinaryPrimitives.WriteUInt16BigEndian(_address.Buffer.Span[2..], endPoint.Port);
        BinaryPrimitives.WriteUInt32BigEndian(_address.Buffer.Span[4..], endPoint.Address);
    }
}
