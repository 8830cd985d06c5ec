using RelayCluster.Crypto;
using RelayCluster.Dht;
using RelayCluster.Dht.Foreign;

namespace RelayCluster.Relay.Tests.Scenarios;

/// <summary>A server of the fake node whose key is the relay's client's: the test is the peers and the nodes.</summary>
internal sealed class KeylessFakeServer(
    IForeignIdentity identity,
    IAnnounceSigner signer,
    DhtServerOptions options)
    : FakeServer(new KeyPair(identity.PublicKey, new byte[KeyPair.SecretKeySize]), options)
{
    private readonly CancellationTokenSource _closing = new();

    /// <summary>A node wants a signature; null if it gets none.</summary>
    public ValueTask<byte[]?> SignAsync(byte node, bool isWithdrawal, CancellationToken cancellationToken) =>
        signer.SignAsync(
            new AnnounceToSign(
                isWithdrawal,
                Blake2b.Hash(identity.PublicKey.Span),
                FakeNode.Key(100 + node),
                FakeNode.Key(node),
                identity.PublicKey,
                []),
            cancellationToken);

    /// <summary>A peer's first message has come; gives what is sent back, and the handshake.</summary>
    public async Task<(byte[] Answer, IForeignHandshake Handshake)> ShakeHandsAsync(byte[] message, byte[] payload)
    {
        IForeignHandshake handshake = identity.BeginHandshake();
        Offers.Add(await handshake.ReadAsync(message, _closing.Token));
        ReadOnlyMemory<byte> answer = await handshake.WriteAsync(payload, _closing.Token);
        return (answer.ToArray(), handshake);
    }

    /// <summary>What the relay's client has read.</summary>
    public List<NoiseOffer> Offers { get; } = [];

    /// <summary>A peer that was answered connects.</summary>
    public FakeRawPeer Connect(int peer, IForeignHandshake handshake)
    {
        var stream = new FakeRawPeer(FakeNode.Key(peer), handshake);
        Queue(stream);
        return stream;
    }

    public override async ValueTask CloseAsync(CancellationToken cancellationToken = default)
    {
        if (!IsClosed)
        {
            await _closing.CancelAsync();
            try
            {
                Withdrawal = await SignAsync(node: 1, isWithdrawal: true, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                // Given up.
            }
        }

        await base.CloseAsync(cancellationToken);
    }

    /// <summary>The signature with which the server was taken back; null if there was none to be had.</summary>
    public byte[]? Withdrawal { get; private set; }
}
