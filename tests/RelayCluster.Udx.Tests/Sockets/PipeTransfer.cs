using System.IO.Pipelines;
using System.Security.Cryptography;

namespace RelayCluster.Udx.Tests.Sockets;

/// <summary>Pseudo-random bytes into one end of a stream, and the hash of what comes out of the other.</summary>
internal static class PipeTransfer
{
    private const int ChunkBytes = 48 * 1024;

    public static async Task<string> WriteAsync(PipeWriter output, int bytes, int seed, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var random = new Random(seed);
        for (int left = bytes; left > 0;)
        {
            int length = Math.Min(left, ChunkBytes);
            Memory<byte> chunk = output.GetMemory(length)[..length];
            random.NextBytes(chunk.Span);
            hash.AppendData(chunk.Span);
            output.Advance(length);
            left -= length;
            await output.FlushAsync(cancellation);
        }

        await output.CompleteAsync();
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public static async Task<(int Bytes, string Hash)> ReadAsync(PipeReader input, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        int bytes = 0;
        while (true)
        {
            ReadResult read = await input.ReadAsync(cancellation);
            foreach (ReadOnlyMemory<byte> piece in read.Buffer)
            {
                hash.AppendData(piece.Span);
                bytes += piece.Length;
            }

            input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                await input.CompleteAsync();
                return (bytes, Convert.ToHexStringLower(hash.GetHashAndReset()));
            }
        }
    }
}
