using RelayCluster.Dht.Rpc;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Hyper.Routing;

/// <summary>Requests as they come from others, for parts that only decide what to answer.</summary>
internal static class Requests
{
    public static IncomingRequest From(
        string from,
        Fixed32? target,
        byte[]? value,
        Fixed32? token = null) => new(null!)
        {
            From = UdpEndPoint.Parse(from),
            To = UdpEndPoint.Parse("127.0.0.1:1"),
            TransactionId = 1,
            Command = 0,
            Target = target,
            Value = value is null ? (ReadOnlyMemory<byte>?)null : value,
            Token = token,
        };

    public static Fixed32 Key(byte number)
    {
        byte[] bytes = new byte[Fixed32.Size];
        bytes[0] = number;
        return new Fixed32(bytes);
    }
}
