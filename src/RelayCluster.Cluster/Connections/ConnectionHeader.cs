using RelayCluster.Wire;

namespace RelayCluster.Cluster.Connections;

/// <summary>
/// What a node says first on a connection to another one, and what it is answered.
/// <code>
/// dialler:  "RCN" 0x01   the protocol and its version    4 bytes
///           ticket                                       32 bytes
/// answer:   0x01         the ticket was good, and the connection is what the ticket was for from here on
/// </code>
/// Whoever has no good ticket is not answered: the connection is cut. What the connection is for is bound to the ticket
/// where that was made, so nothing of a length that strangers could choose is read.
/// </summary>
internal static class ConnectionHeader
{
    public const int Size = 4 + Fixed32.Size;

    /// <summary>The answer to a good ticket.</summary>
    public const byte Accepted = 1;

    private static ReadOnlySpan<byte> Magic => "RCN\u0001"u8;

    /// <summary>Writes the header with this ticket to exactly <see cref="Size"/> bytes.</summary>
    public static void Write(Span<byte> destination, Fixed32 ticket)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length, Size);
        Magic.CopyTo(destination);
        ticket.Span.CopyTo(destination[Magic.Length..]);
    }

    /// <summary>The ticket in a header; false for anything else of whatever length.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out Fixed32 ticket)
    {
        bool isHeader = source.Length == Size && source.StartsWith(Magic);
        ticket = isHeader ? new Fixed32(source[Magic.Length..]) : default;
        return isHeader;
    }
}
