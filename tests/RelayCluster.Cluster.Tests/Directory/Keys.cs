using RelayCluster.Wire;

namespace RelayCluster.Cluster.Tests.Directory;

/// <summary>Public keys by number.</summary>
internal static class Keys
{
    public static Fixed32 Key(int number)
    {
        Span<byte> bytes = stackalloc byte[Fixed32.Size];
        BitConverter.TryWriteBytes(bytes, number + 1);
        return new Fixed32(bytes);
    }
}
