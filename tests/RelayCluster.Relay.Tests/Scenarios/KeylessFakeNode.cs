using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using RelayCluster.Dht;
using RelayCluster.Dht.Foreign;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Tests.Scenarios;

/// <summary>A fake node that also acts for clients who keep their keys.</summary>
internal sealed class KeylessFakeNode : FakeNode, IForeignKeyNode
{
    /// <summary>What the client's messages are to carry.</summary>
    public static byte[] Payload { get; } = [1, 2, 3];

    /// <summary>Whether there are nodes where a server is announced.</summary>
    public bool WantsSignatures { get; set; } = true;

    /// <summary>What a server answers a dial; more than one where the first does not fit.</summary>
    public List<byte[]> Answers { get; } = [[4, 5, 6]];

    /// <summary>The first messages that were sent to servers.</summary>
    public ConcurrentQueue<byte[]> Messages { get; } = new();

    /// <summary>What the servers told, as the client has read it.</summary>
    public ConcurrentQueue<NoiseOffer> Offers { get; } = new();

    /// <summary>The servers' ends of the connections.</summary>
    public ConcurrentQueue<FakeRawPeer> Peers { get; } = new();

    /// <summary>The signatures that nodes were sent for topics; null where there was none to be had.</summary>
    public ConcurrentQueue<byte[]?> Signatures { get; } = new();

    public async ValueTask<DhtStream> ConnectAsync(
        Fixed32 remotePublicKey,
        IForeignIdentity identity,
        DhtConnectOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        try
        {
            IForeignHandshake handshake = await ShakeHandsAsync(identity, cancellationToken);
            var peer = new FakeRawPeer(remotePublicKey, handshake);
            Peers.Enqueue(peer);
            return peer;
        }
        catch (Exception e) when (e is ProtocolException or TimeoutException)
        {
            throw new DhtException(DhtError.PeerConnectionFailed);
        }
    }

    public async ValueTask<IDhtServer> ListenAsync(
        IForeignIdentity identity,
        IAnnounceSigner signer,
        DhtServerOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        var server = new KeylessFakeServer(identity, signer, options!);
        try
        {
            await ListenAsync(server, cancellationToken);
            if (WantsSignatures)
            {
                await server.SignAsync(node: 1, isWithdrawal: false, cancellationToken);
            }

            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public IAsyncEnumerable<LookupReply> AnnounceAsync(
        Fixed32 topic,
        IAnnounceSigner signer,
        CancellationToken cancellationToken = default) => SignedAsync("announce", topic, signer, cancellationToken);

    public IAsyncEnumerable<LookupReply> UnannounceAsync(
        Fixed32 topic,
        IAnnounceSigner signer,
        CancellationToken cancellationToken = default) => SignedAsync("unannounce", topic, signer, cancellationToken);

    private async IAsyncEnumerable<LookupReply> SignedAsync(
        string question,
        Fixed32 topic,
        IAnnounceSigner signer,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<LookupReply> replies = [];
        await foreach (LookupReply reply in QueryAsync(question, topic, null, cancellationToken))
        {
            replies.Add(reply);
            yield return reply;
        }

        await Task.WhenAll(replies.Select(async reply => Signatures.Enqueue(await signer.SignAsync(
            new AnnounceToSign(
                question == "unannounce", topic, reply.Token!.Value, reply.From.Id!.Value, signer.PublicKey, []),
            cancellationToken))));
    }

    private async Task<IForeignHandshake> ShakeHandsAsync(IForeignIdentity identity, CancellationToken cancellationToken)
    {
        for (int i = 0; ; i++)
        {
            IForeignHandshake handshake = identity.BeginHandshake();
            Messages.Enqueue((await handshake.WriteAsync(Payload, cancellationToken)).ToArray());
            try
            {
                Offers.Enqueue(await handshake.ReadAsync(Answers[i], cancellationToken));
                return handshake;
            }
            catch (ProtocolException) when (i < Answers.Count - 1)
            {
                // Spoiled: the next answer is for another handshake.
            }
        }
    }
}
