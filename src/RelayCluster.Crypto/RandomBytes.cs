using System.Security.Cryptography;
using RelayCluster.Wire;

namespace RelayCluster.Crypto;

/// <summary>
/// Bytes that nobody can guess, from the operating system. Drivers draw them and hand them to the machines.
/// </summary>
public static class RandomBytes
{
    /// <summary>Fills the span.</summary>
    public static void Fill(Span<byte> bytes) => RandomNumberGenerator.Fill(bytes);

    /// <summary>A random key, id, target or secret.</summary>
    public static Fixed32 NextFixed32()
    {
        Span<byte> bytes = stackalloc byte[Fixed32.Size];
        Fill(bytes);
        return new Fixed32(bytes);
    }
}
