using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using RelayCluster.Crypto;
using RelayCluster.Crypto.SecretStreams;
using RelayCluster.Protocol.Transports;

namespace RelayCluster.Client.Tests.Scenes;

/// <summary>Lets TCP clients in to the relay of a scene.</summary>
internal sealed class TcpDoor : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly RelayScene _scene;
    private readonly Task _accepting;

    public TcpDoor(RelayScene scene)
    {
        _scene = scene;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Address => new($"tcp://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        using KeyPair keyPair = KeyPair.Generate();
        var options = new SecretStreamOptions { FollowInitiator = true };
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync();
                SecretStream stream = await SecretStream.HandshakeAsync(
                    new StreamPipe(client.GetStream()), isInitiator: false, keyPair, options);
                _ = _scene.Serve(new SecretStreamTransport(stream, "client"));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // closed
        }
    }

    private sealed class StreamPipe(NetworkStream stream) : IDuplexPipe
    {
        public PipeReader Input { get; } = PipeReader.Create(stream);

        public PipeWriter Output { get; } = PipeWriter.Create(stream);
    }
}
