using System.IO.Pipelines;
using RelayCluster.Crypto;
using RelayCluster.Crypto.SecretStreams;
using RelayCluster.Protocol.Channels;
using RelayCluster.Protocol.Messages;
using RelayCluster.Protocol.Transports;
using RelayCluster.Wire;

namespace RelayCluster.Protocol.Tests.Transports;

public sealed class SecretStreamTransportTests
{
    [Fact]
    public async Task Session_OverAnEncryptedStream_RunsToItsEnd()
    {
        (SecretStreamTransport client, SecretStreamTransport relay) = await ConnectAsync();
        await using RelayChannel ofClient = RelayChannel.Open(client);
        ValueTask<RelayChannel?> accepting = RelayChannel.AcceptAsync(relay);
        await ofClient.SendAsync(new LookupMessage(1, default));
        await using RelayChannel ofRelay = (await accepting)!;
        Assert.Equal(new LookupMessage(1, default), await ofRelay.ReadAsync());
        await ofRelay.SendAsync(new FinishedMessage(1));
        await ofRelay.CloseAsync();
        Assert.Equal(new FinishedMessage(1), await ofClient.ReadAsync());
        Assert.Null(await ofClient.ReadAsync());
    }

    [Fact]
    public async Task Frames_ArriveAsTheyWereSent()
    {
        (SecretStreamTransport client, SecretStreamTransport relay) = await ConnectAsync();
        await using SecretStreamTransport ownedClient = client;
        await using SecretStreamTransport ownedRelay = relay;
        foreach (int length in new[] { 1, 0, 70_000, 5 })
        {
            var sent = new byte[length];
            sent.AsSpan().Fill((byte)length);
            Task sending = client.SendAsync(sent, CancellationToken.None).AsTask();
            using PooledBuffer? frame = await relay.ReceiveAsync(CancellationToken.None);
            Assert.Equal(sent, frame!.Value.Memory.ToArray());
            await sending;
        }
    }

    [Fact]
    public async Task Abort_FailsWhatIsPending()
    {
        (SecretStreamTransport client, SecretStreamTransport relay) = await ConnectAsync();
        await using SecretStreamTransport ownedClient = client;
        await using SecretStreamTransport ownedRelay = relay;
        Task<PooledBuffer?> reading = relay.ReceiveAsync(CancellationToken.None).AsTask();
        relay.Abort();
        await Assert.ThrowsAsync<IOException>(() => reading);
        await Assert.ThrowsAsync<IOException>(
            async () => await client.ReceiveAsync(CancellationToken.None));
    }

    private static async Task<(SecretStreamTransport Client, SecretStreamTransport Relay)> ConnectAsync()
    {
        (IDuplexPipe client, IDuplexPipe relay) = DuplexPipe.CreatePair();
        using KeyPair clientKeys = KeyPair.Generate();
        using KeyPair relayKeys = KeyPair.Generate();
        ValueTask<SecretStream> opening = SecretStream.HandshakeAsync(client, isInitiator: true, clientKeys);
        SecretStream ofRelay = await SecretStream.HandshakeAsync(relay, isInitiator: false, relayKeys);
        return (new SecretStreamTransport(await opening, "relay"), new SecretStreamTransport(ofRelay, "client"));
    }
}
