using System.Globalization;
using System.Text.Unicode;
using RelayCluster.Crypto;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Rpc.Answers;

/// <summary>
/// Issues and checks tokens. A token proves that the sender of a request received a reply at its address a little while
/// ago, so that nobody stores things in another's name. It is BLAKE2b-256 of the host's text under a secret, and only
/// this node reads it.
/// </summary>
/// <remarks>
/// Two secrets are valid: tokens are issued under the current one and accepted under both. They rotate every 7.5 s (the
/// reference counts ten of its drain ticks), so a token lives for 7.5 to 15 s. Rotation happens when somebody asks, not
/// by a timer.
/// </remarks>
internal sealed class TokenSecrets
{
    /// <summary>How long a secret is the current one.</summary>
    public static readonly TimeSpan RotationPeriod = TimeSpan.FromSeconds(7.5);

    private Fixed32 _previous;
    private Fixed32 _current;
    private TimeSpan _rotatedAt;

    /// <summary>Both secrets must be random.</summary>
    public TokenSecrets(TimeSpan now, Fixed32 previous, Fixed32 current)
    {
        _previous = previous;
        _current = current;
        _rotatedAt = now;
    }

    /// <summary>The token for a host; its port does not matter.</summary>
    public Fixed32 Issue(TimeSpan now, UdpEndPoint host)
    {
        Rotate(now);
        return Compute(host, _current);
    }

    /// <summary>Whether the token was issued to this host lately.</summary>
    public bool IsValid(TimeSpan now, UdpEndPoint host, in Fixed32 token)
    {
        Rotate(now);
        return token == Compute(host, _current) || token == Compute(host, _previous);
    }

    private void Rotate(TimeSpan now)
    {
        // After two periods of silence both are stale, and more turns would change nothing that anybody could see.
        for (int turn = 0; turn < 2 && now - _rotatedAt >= RotationPeriod; turn++)
        {
            Fixed32 next = Blake2b.Hash(_previous.Span);
            _previous = _current;
            _current = next;
            _rotatedAt += RotationPeriod;
        }

        if (now - _rotatedAt >= RotationPeriod)
        {
            _rotatedAt = now;
        }
    }

    private static Fixed32 Compute(UdpEndPoint host, in Fixed32 secret)
    {
        uint address = host.Address;
        Span<byte> text = stackalloc byte[15];
        Utf8.TryWrite(
            text,
            CultureInfo.InvariantCulture,
            $"{address >> 24}.{(address >> 16) & 255}.{(address >> 8) & 255}.{address & 255}",
            out int length);

        Span<byte> token = stackalloc byte[Fixed32.Size];
        Blake2b.Hash(text[..length], token, secret.Span);
        return new Fixed32(token);
    }
}
