using System.Text;
using RelayCluster.Crypto;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Messages;

/// <summary>
/// Seals the payloads of hole punching with a secret that follows from the handshake: the nodes that relay the rounds
/// cannot read them. A sealed payload is the nonce (24 bytes), then the secretbox.
/// </summary>
internal sealed class PayloadSeal
{
    private readonly Fixed32 _secret;
    private readonly Fixed32 _localSecret;

    /// <param name="holepunchSecret"><see cref="DeriveSecret"/> of the handshake.</param>
    /// <param name="localSecret">Random, for the tokens of this side.</param>
    public PayloadSeal(Fixed32 holepunchSecret, Fixed32 localSecret)
    {
        _secret = holepunchSecret;
        _localSecret = localSecret;
    }

    /// <summary>
    /// The secret that both sides of a handshake know: the namespace hashed with the handshake hash as key.
    /// </summary>
    public static Fixed32 DeriveSecret(ReadOnlySpan<byte> handshakeHash)
    {
        Span<byte> secret = stackalloc byte[Fixed32.Size];
        Blake2b.Hash(HyperNamespace.PeerHolepunch.Span, secret, handshakeHash);
        return new Fixed32(secret);
    }

    public byte[] Seal(HolepunchPayload payload)
    {
        Span<byte> nonce = stackalloc byte[SecretBox.NonceSize];
        RandomBytes.Fill(nonce);
        return Seal(payload, nonce);
    }

    public byte[] Seal(HolepunchPayload payload, ReadOnlySpan<byte> nonce)
    {
        byte[] message = payload.Encode();
        byte[] sealedPayload = new byte[SecretBox.NonceSize + SecretBox.TagSize + message.Length];
        nonce.CopyTo(sealedPayload);
        SecretBox.Seal(message, nonce, _secret.Span, sealedPayload.AsSpan(SecretBox.NonceSize));
        return sealedPayload;
    }

    /// <summary>The payload, or null if it was not sealed with the secret or says nothing that makes sense.</summary>
    public HolepunchPayload? Open(ReadOnlySpan<byte> sealedPayload)
    {
        int length = sealedPayload.Length - SecretBox.NonceSize - SecretBox.TagSize;
        if (length <= 0)
        {
            return null;
        }

        byte[] message = new byte[length];
        ReadOnlySpan<byte> nonce = sealedPayload[..SecretBox.NonceSize];
        if (!SecretBox.TryOpen(sealedPayload[SecretBox.NonceSize..], nonce, _secret.Span, message))
        {
            return null;
        }

        try
        {
            return HolepunchPayload.Decode(message);
        }
        catch (ProtocolException)
        {
            return null;
        }
    }

    /// <summary>What the other side must echo to show that it receives at an address.</summary>
    public Fixed32 Token(UdpEndPoint endPoint)
    {
        Span<byte> token = stackalloc byte[Fixed32.Size];
        Blake2b.Hash(Encoding.ASCII.GetBytes(endPoint.ToIPAddress().ToString()), token, _localSecret.Span);
        return new Fixed32(token);
    }
}
