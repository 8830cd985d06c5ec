using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using RelayCluster.Wire;

namespace RelayCluster.Crypto.Noise;

/// <summary>
/// One side of a Noise handshake over Ed25519 keys, ChaCha20-Poly1305 and BLAKE2b-512: bytes in, bytes out, no I/O.
/// <code>
///            IK: initiator    responder             XX: initiator    responder
///   knows         rs                            knows
///   message 1     e, es, s, ss  ->              message 1     e            ->
///   message 2     &lt;-     e, ee, se              message 2     &lt;-  e, ee, s, es
///                                               message 3     s, se        ->
/// </code>
/// A message is its tokens in order, then a payload: <c>e</c> puts the sender's ephemeral key in the clear, <c>s</c>
/// its static key (encrypted once there is a cipher key), and the pairs put nothing but mix a shared point into the
/// keys. All of it goes into a running hash, which is the associated data of each encryption: whoever read another
/// byte, or began with another prologue or key, fails at the next tag.
///
/// The sides take turns, the initiator first: <see cref="WriteMessage"/> when <see cref="IsMyTurn"/>,
/// <see cref="ReadMessage"/> when not. After the last message, on both sides alike, <see cref="IsComplete"/> is true
/// and <see cref="TakeResult"/> hands the keys over, once. A message that does not fit ends the handshake: no second
/// try is given at the same state, so a forger cannot probe it. <see cref="RemotePublicKey"/> is there as soon as it
/// was read, so the responder of an IK can refuse a stranger before it answers.
///
/// What differs from other Noise libraries: static and ephemeral keys are Ed25519 pairs (see <see cref="Curve"/>), the
/// curve is named <c>Ed25519</c> in the protocol name, and points of small order are refused.
///
/// Source: the Noise specification, revision 34, sections 5 and 7; noise-handshake 3.1 with noise-curve-ed for the
/// choices it leaves open. The handshake does not own the static key pair; its own secrets are zeroed by
/// <see cref="Dispose"/>.
/// </summary>
public sealed class NoiseHandshake : IDisposable
{
    private readonly NoiseScript _script;
    private readonly SymmetricState _state;
    private readonly KeyPair _static;
    private KeyPair? _ephemeral;
    private Fixed32? _remoteEphemeral;
    private int _messageIndex;
    private bool _isOver;
    private NoiseResult? _result;

    /// <summary>A handshake in which nothing was said yet.</summary>
    /// <param name="pattern">Both sides have the same.</param>
    /// <param name="isInitiator">Whether this side speaks first.</param>
    /// <param name="keyPair">This side's static keys; they stay the caller's, and must live as long.</param>
    /// <param name="remotePublicKey">
    /// The responder's key, for the initiator of a pattern that knows it; else null.
    /// </param>
    /// <param name="prologue">What both sides must agree on beforehand, in bytes; may be empty.</param>
    /// <exception cref="ArgumentException">The pattern needs the responder's key, and it was not given.</exception>
    public NoiseHandshake(
        NoisePattern pattern,
        bool isInitiator,
        KeyPair keyPair,
        Fixed32? remotePublicKey = null,
        ReadOnlySpan<byte> prologue = default)
        : this(pattern, isInitiator, keyPair, remotePublicKey, prologue, ephemeral: null)
    {
    }

    /// <summary>With an ephemeral key pair that is known, for vectors; the handshake owns it.</summary>
    internal NoiseHandshake(
        NoisePattern pattern,
        bool isInitiator,
        KeyPair keyPair,
        Fixed32? remotePublicKey,
        ReadOnlySpan<byte> prologue,
        KeyPair? ephemeral)
    {
        ArgumentNullException.ThrowIfNull(keyPair);
        _script = NoiseScript.Of(pattern);
        IsInitiator = isInitiator;
        _static = keyPair;
        _ephemeral = ephemeral;
        _state = new SymmetricState(_script.ProtocolName);
        _state.MixHash(prologue);
        if (_script.KnowsResponder)
        {
            Fixed32 responder = isInitiator
                ? remotePublicKey ?? throw new ArgumentException($"{pattern} needs it", nameof(remotePublicKey))
                : keyPair.PublicKey;
            _state.MixHash(responder.Span);
            RemotePublicKey = isInitiator ? responder : null;
        }
    }

    /// <summary>Whether this side spoke first.</summary>
    public bool IsInitiator { get; }

    /// <summary>Whether the next message is this side's to write.</summary>
    public bool IsMyTurn => !_isOver && (_messageIndex % 2 == 0) == IsInitiator;

    /// <summary>Whether the last message was written or read, and all keys agree.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The other side's static key; null as long as it is not known.</summary>
    public Fixed32? RemotePublicKey { get; private set; }

    internal SymmetricState State => _state;

    /// <summary>This side's next message, which carries the payload.</summary>
    /// <exception cref="InvalidOperationException">It is not this side's turn, or the handshake is over.</exception>
    /// <exception cref="ProtocolException">The other side's key is one to be refused.</exception>
    public byte[] WriteMessage(ReadOnlySpan<byte> payload = default)
    {
        RequireTurn(mine: true);
        NoiseToken[] tokens = _script.Messages[_messageIndex];
        var message = new byte[MaxMessageSize(tokens, payload.Length)];
        int length = 0;
        foreach (NoiseToken token in tokens)
        {
            length += WriteToken(token, message.AsSpan(length));
        }

        int payloadSize = payload.Length + _state.Cipher.Overhead;
        _state.EncryptAndHash(payload, message.AsSpan(length, payloadSize));
        Debug.Assert(length + payloadSize <= message.Length, "the bound holds");
        Advance();
        return message.AsSpan(0, length + payloadSize).ToArray();
    }

    /// <summary>Reads the other side's next message; gives its payload.</summary>
    /// <exception cref="InvalidOperationException">It is this side's turn, or the handshake is over.</exception>
    /// <exception cref="ProtocolException">The message does not fit: the handshake has failed.</exception>
    public byte[] ReadMessage(ReadOnlySpan<byte> message)
    {
        RequireTurn(mine: false);
        foreach (NoiseToken token in _script.Messages[_messageIndex])
        {
            message = ReadToken(token, message);
        }

        int overhead = _state.Cipher.Overhead;
        RequireBytes(message, overhead);
        var payload = new byte[message.Length - overhead];
        if (!_state.TryDecryptAndHash(message, payload))
        {
            Fail("the payload was not encrypted with the agreed keys");
        }

        Advance();
        return payload;
    }

    /// <summary>Hands over the keys of a complete handshake, once; the caller disposes them.</summary>
    /// <exception cref="InvalidOperationException">It is not complete, or the result was taken before.</exception>
    public NoiseResult TakeResult()
    {
        NoiseResult result = _result ?? throw new InvalidOperationException(
            IsComplete ? "The result was taken before" : "The handshake is not complete");
        _result = null;
        return result;
    }

    /// <summary>Zeroes what is secret here; a result that was taken lives on.</summary>
    public void Dispose()
    {
        _isOver = true;
        _result?.Dispose();
        _result = null;
        Forget();
    }

    private static int MaxMessageSize(NoiseToken[] tokens, int payloadLength) =>
        (tokens.Length * (Curve.Size + ChaChaPoly.TagSize)) + payloadLength + ChaChaPoly.TagSize;

    private int WriteToken(NoiseToken token, Span<byte> destination)
    {
        switch (token)
        {
            case NoiseToken.E:
                _ephemeral ??= KeyPair.Generate();
                _ephemeral.PublicKey.Span.CopyTo(destination);
                _state.MixHash(destination[..Curve.Size]);
                return Curve.Size;
            case NoiseToken.S:
                int size = Curve.Size + _state.Cipher.Overhead;
                _state.EncryptAndHash(_static.PublicKey.Span, destination[..size]);
                return size;
            default:
                Agree(token);
                return 0;
        }
    }

    private ReadOnlySpan<byte> ReadToken(NoiseToken token, ReadOnlySpan<byte> message)
    {
        switch (token)
        {
            case NoiseToken.E:
                RequireBytes(message, Curve.Size);
                _remoteEphemeral = new Fixed32(message[..Curve.Size]);
                _state.MixHash(message[..Curve.Size]);
                return message[Curve.Size..];
            case NoiseToken.S:
                int size = Curve.Size + _state.Cipher.Overhead;
                RequireBytes(message, size);
                Span<byte> key = stackalloc byte[Curve.Size];
                if (!_state.TryDecryptAndHash(message[..size], key))
                {
                    Fail("the static key was not encrypted with the agreed keys");
                }

                RemotePublicKey = new Fixed32(key);
                return message[size..];
            default:
                Agree(token);
                return message;
        }
    }

    /// <summary>The first letter of a token is the initiator's key, the second the responder's.</summary>
    private void Agree(NoiseToken token)
    {
        bool initiatorStatic = token is NoiseToken.SE or NoiseToken.SS;
        bool responderStatic = token is NoiseToken.ES or NoiseToken.SS;
        KeyPair local = (IsInitiator ? initiatorStatic : responderStatic) ? _static : _ephemeral!;
        Fixed32? remote = (IsInitiator ? responderStatic : initiatorStatic) ? RemotePublicKey : _remoteEphemeral;

        Span<byte> scalar = stackalloc byte[Curve.Size];
        Span<byte> shared = stackalloc byte[Curve.Size];
        Curve.DeriveScalar(local.SecretKey, scalar);
        bool isSound = Curve.TryMultiply(scalar, remote!.Value, shared);
        CryptographicOperations.ZeroMemory(scalar);
        if (!isSound)
        {
            Fail("a public key is no point that keys may lie on");
        }

        _state.MixKey(shared);
        CryptographicOperations.ZeroMemory(shared);
    }

    private void Advance()
    {
        if (++_messageIndex < _script.Messages.Length)
        {
            return;
        }

        Span<byte> keys = stackalloc byte[2 * Fixed32.Size];
        Span<byte> initiatorKey = keys[..Fixed32.Size];
        Span<byte> responderKey = keys[Fixed32.Size..];
        _state.Split(initiatorKey, responderKey);
        _result = new NoiseResult(
            _state.Hash,
            tx: IsInitiator ? initiatorKey : responderKey,
            rx: IsInitiator ? responderKey : initiatorKey,
            _static.PublicKey,
            RemotePublicKey ?? default);
        CryptographicOperations.ZeroMemory(keys);
        IsComplete = true;
        _isOver = true;
        Forget();
    }

    private void RequireTurn(bool mine)
    {
        if (_isOver)
        {
            throw new InvalidOperationException("The handshake is over");
        }

        if (IsMyTurn != mine)
        {
            throw new InvalidOperationException($"The next handshake message is the {(mine ? "other" : "own")} side's");
        }
    }

    private void RequireBytes(ReadOnlySpan<byte> message, int needed)
    {
        if (message.Length < needed)
        {
            Fail($"{needed} more bytes are needed and {message.Length} are left");
        }
    }

    [DoesNotReturn]
    private void Fail(string reason)
    {
        Dispose();
        throw new ProtocolException($"Noise message {_messageIndex + 1}: {reason}");
    }

    private void Forget()
    {
        _state.Dispose();
        _ephemeral?.Dispose();
        _ephemeral = null;
    }
}
