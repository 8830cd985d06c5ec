using RelayCluster.Crypto;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Messages;

/// <summary>
/// What keeps a signature, a prologue or a secret made for one command from being taken for one of another: 32 bytes
/// made of the protocol's name and the command's number.
/// </summary>
internal static class HyperNamespace
{
    private const string Name = "hyperswarm/dht";

    public static Fixed32 Announce { get; } = Of(HyperCommand.Announce);

    public static Fixed32 Unannounce { get; } = Of(HyperCommand.Unannounce);

    public static Fixed32 MutablePut { get; } = Of(HyperCommand.MutablePut);

    public static Fixed32 PeerHandshake { get; } = Of(HyperCommand.PeerHandshake);

    public static Fixed32 PeerHolepunch { get; } = Of(HyperCommand.PeerHolepunch);

    private static Fixed32 Of(uint command) => Blake2b.Namespace(Name, (byte)command);
}
