using Microsoft.Extensions.Logging;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Rpc;

internal sealed partial class RpcNode
{
    private static partial class Log
    {
        [LoggerMessage(4001, LogLevel.Information, "DHT node on {LocalEndPoint} has joined, and knows {NodeCount}")]
        public static partial void Bootstrapped(ILogger logger, UdpEndPoint localEndPoint, int nodeCount);

        [LoggerMessage(4002, LogLevel.Information, "DHT node is {NodeId} at {PublicEndPoint} (no id: it is ephemeral)")]
        public static partial void MembershipChanged(ILogger logger, Fixed32? nodeId, UdpEndPoint? publicEndPoint);

        [LoggerMessage(4003, LogLevel.Warning, "DHT node knows nobody; none of {Count} bootstrap nodes replied")]
        public static partial void Isolated(ILogger logger, int count);

        [LoggerMessage(4004, LogLevel.Error, "DHT node on {LocalEndPoint} has stopped: its loop failed")]
        public static partial void LoopFailed(ILogger logger, UdpEndPoint localEndPoint, Exception error);
    }
}
