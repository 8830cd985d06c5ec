using RelayCluster.Crypto;
using RelayCluster.Wire;

namespace RelayCluster.Protocol.Messages;

/// <summary>Client to relay: open a stream to a public key.</summary>
/// <param name="Alias">The client's alias of the stream.</param>
/// <param name="PublicKey">The key to connect with.</param>
/// <param name="KeyPair">The same key with its secret; null: the client keeps that to itself.</param>
/// <param name="RemotePublicKey">Whom to connect to.</param>
public sealed record ConnectMessage(
    uint Alias, Fixed32 PublicKey, KeyPair? KeyPair, Fixed32 RemotePublicKey) : RelayMessage
{
    /// <inheritdoc/>
    public override RelayMessageType Type => RelayMessageType.Connect;

    /// <summary>Whether the client hands its secret key over.</summary>
    public bool IsCustodial => KeyPair is not null;

    internal override bool HasSecret => IsCustodial;

    internal static ConnectMessage Read(ref CompactReader reader)
    {
        byte flags = reader.ReadUInt8();
        uint alias = reader.ReadUInt32();
        Fixed32 publicKey = reader.ReadFixed32();
        KeyPair? keyPair = reader.ReadKeyPair(flags, publicKey);
        Fixed32 remotePublicKey = reader.ReadFixed32();
        return new ConnectMessage(alias, publicKey, keyPair, remotePublicKey);
    }

    internal override int GetEncodedSize() =>
        MessageFields.FlagsSize + MessageFields.IdSize + Fixed32.Size + MessageFields.GetKeysSize(KeyPair);

    internal override void Write(ref CompactWriter writer)
    {
        writer.WriteUInt8(IsCustodial ? MessageFields.Custodial : (byte)0);
        writer.WriteUInt32(Alias);
        writer.WriteFixed32(PublicKey);
        writer.WriteSecretKey(KeyPair);
        writer.WriteFixed32(RemotePublicKey);
    }

    private protected override void Release() => KeyPair?.Dispose();
}
