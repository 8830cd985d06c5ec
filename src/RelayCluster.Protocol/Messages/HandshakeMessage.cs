using RelayCluster.Crypto;
using RelayCluster.Wire;

namespace RelayCluster.Protocol.Messages;

/// <summary>Client to relay, first of all: who the client is unless a message says otherwise.</summary>
/// <param name="PublicKey">The client's default key.</param>
/// <param name="KeyPair">The same key with its secret; null: the client keeps that to itself.</param>
public sealed record HandshakeMessage(Fixed32 PublicKey, KeyPair? KeyPair) : RelayMessage
{
    /// <inheritdoc/>
    public override RelayMessageType Type => RelayMessageType.Handshake;

    /// <summary>Whether the client hands its secret key over.</summary>
    public bool IsCustodial => KeyPair is not null;

    internal override bool HasSecret => IsCustodial;

    internal static HandshakeMessage Read(ref CompactReader reader)
    {
        byte flags = reader.ReadUInt8();
        Fixed32 publicKey = reader.ReadFixed32();
        KeyPair? keyPair = reader.ReadKeyPair(flags, publicKey);
        return new HandshakeMessage(publicKey, keyPair);
    }

    internal override int GetEncodedSize() =>
        MessageFields.FlagsSize + MessageFields.GetKeysSize(KeyPair);

    internal override void Write(ref CompactWriter writer)
    {
        writer.WriteUInt8(IsCustodial ? MessageFields.Custodial : (byte)0);
        writer.WriteFixed32(PublicKey);
        writer.WriteSecretKey(KeyPair);
    }

    private protected override void Release() => KeyPair?.Dispose();
}
