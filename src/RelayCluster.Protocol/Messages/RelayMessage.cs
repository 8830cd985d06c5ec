using RelayCluster.Wire;

namespace RelayCluster.Protocol.Messages;

/// <summary>One of the 28 messages between a client and its relay.</summary>
/// <remarks>
/// <para>
/// Both sides count up their own 32 bit numbers: an <em>alias</em> for a stream or a server, an <em>id</em> for a
/// question or a query. In a message "alias" is the sender's number and "remote alias" the receiver's, unless said
/// otherwise.
/// </para>
/// <para>
/// The bodies are the same in both dialects. They have no version and are told apart by the number that Protomux
/// carries; optional fields follow from bits of a first byte. Unknown bits and bytes behind the last field are ignored,
/// as the reference does. Source: npm <c>@hyperswarm/dht-relay</c> 0.4.3, <c>@web4/dht-relay</c> 0.0.1.
/// </para>
/// <para>
/// Whoever receives a message owns it: <see cref="Dispose"/> gives pooled memory back and zeroes secret keys. An owner
/// who hands the key pair or the data on leaves that to the next.
/// </para>
/// </remarks>
public abstract record RelayMessage : IDisposable
{
    /// <summary>The number that Protomux carries.</summary>
    public abstract RelayMessageType Type { get; }

    /// <summary>
    /// Whether the encoded bytes hold a secret, and are to be zeroed before their memory is used again.
    /// </summary>
    internal virtual bool HasSecret => false;

    /// <summary>Gives pooled memory back and zeroes secret keys; most messages have neither.</summary>
#pragma warning disable CA1816 // a message has no finalizer, and there are millions of them
    public void Dispose() => Release();
#pragma warning restore CA1816

    internal abstract int GetEncodedSize();

    internal abstract void Write(ref CompactWriter writer);

    private protected virtual void Release()
    {
    }
}
