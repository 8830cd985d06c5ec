namespace RelayCluster.Dht.Foreign;

/// <summary>
/// What a stream of an <see cref="IForeignKeyNode"/> is beside a <see cref="DhtStream"/>: bytes that are still
/// encrypted.
/// </summary>
public interface IForeignStream
{
    /// <summary>
    /// The handshake whose keys encrypt the stream, as <see cref="IForeignIdentity.BeginHandshake"/> gave it.
    /// </summary>
    IForeignHandshake Handshake { get; }
}
