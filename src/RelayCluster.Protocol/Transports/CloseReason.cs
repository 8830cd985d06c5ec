namespace RelayCluster.Protocol.Transports;

/// <summary>
/// Why a connection is closed, for the other side to see: in a WebSocket's close, as its code and its text. A secret
/// stream has no place for it.
/// </summary>
/// <param name="Kind">What the close is for.</param>
/// <param name="Text">A line for a person; a WebSocket carries its first 123 bytes of UTF-8.</param>
public sealed record CloseReason(CloseKind Kind, string Text)
{
    /// <summary>All is done, and nothing is to be said about it.</summary>
    public static CloseReason Done { get; } = new(CloseKind.Done, string.Empty);
}
