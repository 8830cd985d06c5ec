using RelayCluster.Crypto;
using RelayCluster.Wire;

namespace RelayCluster.Protocol.Messages;

/// <summary>Client to relay: start a server.</summary>
/// <param name="Alias">The client's alias of the server.</param>
/// <param name="PublicKey">The key to be found under.</param>
/// <param name="KeyPair">The same key with its secret; null: the client keeps that to itself.</param>
public sealed record ListenMessage(uint Alias, Fixed32 PublicKey, KeyPair? KeyPair) : RelayMessage
{
    /// <inheritdoc/>
    public override RelayMessageType Type => RelayMessageType.Listen;

    /// <summary>Whether the client hands its secret key over.</summary>
    public bool IsCustodial => KeyPair is not null;

    internal override bool HasSecret => IsCustodial;

    internal static ListenMessage Read(ref CompactReader reader)
    {
        byte flags = reader.ReadUInt8();
        uint alias = reader.ReadUInt32();
        Fixed32 publicKey = reader.ReadFixed32();
        KeyPair? keyPair = reader.ReadKeyPair(flags, publicKey);
        return new ListenMessage(alias, publicKey, keyPair);
    }

    internal override int GetEncodedSize() =>
        MessageFields.FlagsSize + MessageFields.IdSize + MessageFields.GetKeysSize(KeyPair);

    internal override void Write(ref CompactWriter writer)
    {
        writer.WriteUInt8(IsCustodial ? MessageFields.Custodial : (byte)0);
        writer.WriteUInt32(Alias);
        writer.WriteFixed32(PublicKey);
        writer.WriteSecretKey(KeyPair);
    }

    private protected override void Release() => KeyPair?.Dispose();
}
