using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Messages;

/// <summary>
/// A blind relay through which the connection may go: the relay's public key, and the token to pair by.
/// </summary>
internal sealed record RelayThroughInfo(Fixed32 PublicKey, Fixed32 Token, ulong Version = 1);
