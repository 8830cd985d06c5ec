using RelayCluster.Crypto;
using RelayCluster.Wire;

namespace RelayCluster.Protocol.Messages;

/// <summary>Client to relay: announce a topic, and tell what the nodes on the way answer.</summary>
/// <param name="Id">The id of the query.</param>
/// <param name="Topic">The topic.</param>
/// <param name="PublicKey">The key that is announced.</param>
/// <param name="KeyPair">The same key with its secret; null: the client keeps that to itself.</param>
public sealed record AnnounceMessage(uint Id, Fixed32 Topic, Fixed32 PublicKey, KeyPair? KeyPair) : RelayMessage
{
    /// <inheritdoc/>
    public override RelayMessageType Type => RelayMessageType.Announce;

    /// <summary>Whether the client hands its secret key over.</summary>
    public bool IsCustodial => KeyPair is not null;

    internal override bool HasSecret => IsCustodial;

    internal static AnnounceMessage Read(ref CompactReader reader)
    {
        byte flags = reader.ReadUInt8();
        uint id = reader.ReadUInt32();
        Fixed32 topic = reader.ReadFixed32();
        Fixed32 publicKey = reader.ReadFixed32();
        KeyPair? keyPair = reader.ReadKeyPair(flags, publicKey);
        return new AnnounceMessage(id, topic, publicKey, keyPair);
    }

    internal override int GetEncodedSize() =>
        MessageFields.FlagsSize + MessageFields.IdSize + Fixed32.Size + MessageFields.GetKeysSize(KeyPair);

    internal override void Write(ref CompactWriter writer)
    {
        writer.WriteUInt8(IsCustodial ? MessageFields.Custodial : (byte)0);
        writer.WriteUInt32(Id);
        writer.WriteFixed32(Topic);
        writer.WriteFixed32(PublicKey);
        writer.WriteSecretKey(KeyPair);
    }

    private protected override void Release() => KeyPair?.Dispose();
}
