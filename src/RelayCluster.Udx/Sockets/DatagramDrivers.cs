using System.Net;
using System.Net.Sockets;

namespace RelayCluster.Udx.Sockets;

/// <summary>Binds the socket and picks its driver.</summary>
internal static class DatagramDrivers
{
    public static IDatagramDriver Bind(IPEndPoint endPoint, UdxSocketOptions options)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.ReceiveBufferSize = options.ReceiveBufferBytes;
            socket.SendBufferSize = options.SendBufferBytes;
            socket.Bind(endPoint);
            IDatagramDriver? native = options.UseNativeDriver && OperatingSystem.IsLinux()
                ? LinuxDriver.TryCreate(socket)
                : null;
            return native ?? new PortableDriver(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
