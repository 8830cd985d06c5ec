using System.Net;
using RelayCluster.Crypto;
using RelayCluster.Crypto.Noise;
using RelayCluster.Crypto.SecretStreams;
using RelayCluster.Dht.Hyper.Connecting;
using RelayCluster.Udx.Sockets;
using RelayCluster.Udx.Streams;

namespace RelayCluster.Dht.Tests.Hyper.Connecting;

public sealed class DirectStreamTests : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly UdxSocket _ours = UdxSocket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly UdxSocket _theirs = UdxSocket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public DirectStreamTests()
    {
        _ours.Start();
        _theirs.Start();
    }

    [Fact]
    public async Task Destroy_PeerEndedAndFellSilent_DoesNotWaitForItsLastAcknowledgement()
    {
        UdxStream near = _ours.CreateStream(1);
        UdxStream far = _theirs.CreateStream(2);
        near.Connect(2, _theirs.LocalEndPoint);
        far.Connect(1, _ours.LocalEndPoint);
        (SecretStream mine, SecretStream peer) = Start(near, far);
        await using SecretStream theirs = peer;
        await using var stream = new DirectStream(new UdxCarrier(near), mine);
        await peer.EndAsync();
        Assert.Null(await stream.ReadMessageAsync().AsTask().WaitAsync(Deadline));
        using var silence = new ManualResetEventSlim();
        try
        {
            var isSilent = new TaskCompletionSource();
            _theirs.Post(_ =>
            {
                isSilent.SetResult();
                silence.Wait();
            });
            await isSilent.Task.WaitAsync(Deadline);
            await stream.EndAsync();
            stream.Destroy();

            // well before the stream would be given up for want of acknowledgements
            await stream.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(2));
        }
        finally
        {
            silence.Set();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ours.DisposeAsync();
        await _theirs.DisposeAsync();
    }

    private static (SecretStream Near, SecretStream Far) Start(UdxStream near, UdxStream far)
    {
        using KeyPair client = KeyPair.Generate();
        using KeyPair server = KeyPair.Generate();
        using var initiator = new NoiseHandshake(NoisePattern.IK, isInitiator: true, client, server.PublicKey);
        using var responder = new NoiseHandshake(NoisePattern.IK, isInitiator: false, server);
        responder.ReadMessage(initiator.WriteMessage());
        initiator.ReadMessage(responder.WriteMessage());
        using NoiseResult nearKeys = initiator.TakeResult();
        using NoiseResult farKeys = responder.TakeResult();
        var options = new SecretStreamOptions();
        return (
            SecretStream.Start(near.Pipe, isInitiator: true, nearKeys, options),
            SecretStream.Start(far.Pipe, isInitiator: false, farKeys, options));
    }
}
