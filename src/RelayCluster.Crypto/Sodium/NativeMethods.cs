using System.Runtime.InteropServices;

namespace RelayCluster.Crypto.Sodium;

/// <summary>
/// The functions of libsodium that are on the wire, as its headers of 1.0.18 declare them. Spans are pinned, not
/// copied; nothing here checks a length: the wrappers do.
/// </summary>
internal static partial class NativeMethods
{
    internal const string Library = "libsodium";

    static NativeMethods()
    {
        NativeLibrary.SetDllImportResolver(typeof(NativeMethods).Assembly, Libsodium.Resolve);
    }

    // https://doc.libsodium.org/hashing/generic_hashing
    [LibraryImport(Library, EntryPoint = "crypto_generichash")]
    internal static partial int GenericHash(
        Span<byte> hash,
        nuint hashLength,
        ReadOnlySpan<byte> data,
        ulong dataLength,
        ReadOnlySpan<byte> key,
        nuint keyLength);

    [LibraryImport(Library, EntryPoint = "crypto_generichash_init")]
    internal static unsafe partial int GenericHashInit(
        byte* state,
        ReadOnlySpan<byte> key,
        nuint keyLength,
        nuint hashLength);

    [LibraryImport(Library, EntryPoint = "crypto_generichash_update")]
    internal static unsafe partial int GenericHashUpdate(byte* state, ReadOnlySpan<byte> data, ulong dataLength);

    [LibraryImport(Library, EntryPoint = "crypto_generichash_final")]
    internal static unsafe partial int GenericHashFinal(byte* state, Span<byte> hash, nuint hashLength);

    // https://doc.libsodium.org/public-key_cryptography/public-key_signatures
    [LibraryImport(Library, EntryPoint = "crypto_sign_seed_keypair")]
    internal static partial int SignSeedKeyPair(Span<byte> publicKey, Span<byte> secretKey, ReadOnlySpan<byte> seed);

    [LibraryImport(Library, EntryPoint = "crypto_sign_detached")]
    internal static partial int SignDetached(
        Span<byte> signature,
        nint signatureLength,
        ReadOnlySpan<byte> message,
        ulong messageLength,
        ReadOnlySpan<byte> secretKey);

    [LibraryImport(Library, EntryPoint = "crypto_sign_verify_detached")]
    internal static partial int SignVerifyDetached(
        ReadOnlySpan<byte> signature,
        ReadOnlySpan<byte> message,
        ulong messageLength,
        ReadOnlySpan<byte> publicKey);

    // https://doc.libsodium.org/advanced/point-arithmetic
    [LibraryImport(Library, EntryPoint = "crypto_scalarmult_ed25519_noclamp")]
    internal static partial int ScalarMultNoClamp(
        Span<byte> product,
        ReadOnlySpan<byte> scalar,
        ReadOnlySpan<byte> point);

    // https://doc.libsodium.org/secret-key_cryptography/secretbox
    [LibraryImport(Library, EntryPoint = "crypto_secretbox_easy")]
    internal static partial int SecretBoxEasy(
        Span<byte> box,
        ReadOnlySpan<byte> message,
        ulong messageLength,
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> key);

    [LibraryImport(Library, EntryPoint = "crypto_secretbox_open_easy")]
    internal static partial int SecretBoxOpenEasy(
        Span<byte> message,
        ReadOnlySpan<byte> box,
        ulong boxLength,
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> key);

    // https://doc.libsodium.org/secret-key_cryptography/aead/chacha20-poly1305/ietf_chacha20-poly1305_construction
    [LibraryImport(Library, EntryPoint = "crypto_aead_chacha20poly1305_ietf_encrypt")]
    internal static partial int AeadEncrypt(
        Span<byte> ciphertext,
        nint ciphertextLength,
        ReadOnlySpan<byte> plaintext,
        ulong plaintextLength,
        ReadOnlySpan<byte> associated,
        ulong associatedLength,
        nint secretNonce,
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> key);

    [LibraryImport(Library, EntryPoint = "crypto_aead_chacha20poly1305_ietf_decrypt")]
    internal static partial int AeadDecrypt(
        Span<byte> plaintext,
        nint plaintextLength,
        nint secretNonce,
        ReadOnlySpan<byte> ciphertext,
        ulong ciphertextLength,
        ReadOnlySpan<byte> associated,
        ulong associatedLength,
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> key);

    // https://doc.libsodium.org/secret-key_cryptography/secretstream
    [LibraryImport(Library, EntryPoint = "crypto_secretstream_xchacha20poly1305_init_pull")]
    internal static partial int SecretStreamInit(
        Span<byte> state,
        ReadOnlySpan<byte> header,
        ReadOnlySpan<byte> key);

    [LibraryImport(Library, EntryPoint = "crypto_secretstream_xchacha20poly1305_push")]
    internal static partial int SecretStreamPush(
        Span<byte> state,
        Span<byte> ciphertext,
        nint ciphertextLength,
        ReadOnlySpan<byte> plaintext,
        ulong plaintextLength,
        ReadOnlySpan<byte> associated,
        ulong associatedLength,
        byte tag);

    [LibraryImport(Library, EntryPoint = "crypto_secretstream_xchacha20poly1305_pull")]
    internal static partial int SecretStreamPull(
        Span<byte> state,
        Span<byte> plaintext,
        nint plaintextLength,
        out byte tag,
        ReadOnlySpan<byte> ciphertext,
        ulong ciphertextLength,
        ReadOnlySpan<byte> associated,
        ulong associatedLength);
}
