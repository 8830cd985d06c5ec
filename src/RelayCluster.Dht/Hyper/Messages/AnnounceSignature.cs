using RelayCluster.Crypto;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Messages;

/// <summary>
/// The signature of an announcement or its withdrawal. It holds for one node and as long as that node's token does, so
/// nobody can hand it on or repeat it later.
/// </summary>
/// <remarks>
/// What is signed: the 32 bytes of the namespace, then BLAKE2b-256 of target, node id, token, peer record and refresh.
/// Source: hyperdht 6.34, lib/persistent.js.
/// </remarks>
internal static class AnnounceSignature
{
    /// <summary>How many bytes are signed.</summary>
    public const int SignableSize = 2 * Fixed32.Size;

    /// <summary>What is signed. Noncustodial clients are asked to sign these bytes.</summary>
    /// <param name="scope"><see cref="HyperNamespace.Announce"/> or <see cref="HyperNamespace.Unannounce"/>.</param>
    /// <param name="target">The topic, or the hash of the public key of a server.</param>
    /// <param name="token">What the node gave with its last reply.</param>
    /// <param name="nodeId">The node where it is stored.</param>
    /// <param name="peer">Who announces.</param>
    /// <param name="refresh">The hash of the secret for renewals; null for none.</param>
    /// <param name="signable">Receives <see cref="SignableSize"/> bytes.</param>
    public static void WriteSignable(
        in Fixed32 scope,
        in Fixed32 target,
        in Fixed32 token,
        in Fixed32 nodeId,
        PeerRecord peer,
        Fixed32? refresh,
        Span<byte> signable)
    {
        scope.Span.CopyTo(signable);
        ReadOnlySpan<byte> refreshBytes = refresh is { } value ? value.ToArray() : default;
        byte[] input = [.. target.Span, .. nodeId.Span, .. token.Span, .. peer.Encode(), .. refreshBytes];
        Blake2b.Hash(input, signable[Fixed32.Size..SignableSize]);
    }

    public static byte[] Sign(
        in Fixed32 scope,
        in Fixed32 target,
        in Fixed32 token,
        in Fixed32 nodeId,
        PeerRecord peer,
        Fixed32? refresh,
        KeyPair keyPair)
    {
        Span<byte> signable = stackalloc byte[SignableSize];
        WriteSignable(scope, target, token, nodeId, peer, refresh, signable);
        return Ed25519.Sign(signable, keyPair);
    }

    public static bool Verify(
        in Fixed32 scope,
        in Fixed32 target,
        in Fixed32 token,
        in Fixed32 nodeId,
        PeerRecord peer,
        Fixed32? refresh,
        ReadOnlySpan<byte> signature)
    {
        Span<byte> signable = stackalloc byte[SignableSize];
        WriteSignable(scope, target, token, nodeId, peer, refresh, signable);
        return Ed25519.Verify(signature, signable, peer.PublicKey);
    }
}
