using RelayCluster.Dht.Rpc.Nat;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Rpc;

/// <summary>What other threads may see of a node; the loop replaces it as a whole.</summary>
internal sealed record RpcNodeState(
    Fixed32? Id,
    UdpEndPoint? PublicEndPoint,
    UdpEndPoint? RemoteAddress,
    NatKind Nat,
    bool IsBootstrapped);
