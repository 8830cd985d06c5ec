using RelayCluster.Crypto;
using RelayCluster.Protocol.Channels;
using RelayCluster.Protocol.Messages;
using RelayCluster.Protocol.Transports;
using RelayCluster.Wire;

namespace RelayCluster.Host.Tests.Endpoints;

/// <summary>What a client says first, for a test that is at the WebSocket itself.</summary>
internal sealed class OpeningFrame : IMessageTransport
{
    private readonly TaskCompletionSource<byte[]> _first = new();

    public string RemoteEndPoint => "nobody";

    public static async Task<byte[]> MakeAsync()
    {
        var transport = new OpeningFrame();
        using KeyPair keyPair = KeyPair.Generate();
        await using RelayChannel channel = RelayChannel.Open(transport);
        await channel.SendAsync(new HandshakeMessage(keyPair.PublicKey, keyPair));
        return await transport._first.Task;
    }

    public ValueTask<PooledBuffer?> ReceiveAsync(CancellationToken cancellationToken) => new(default(PooledBuffer?));

    public ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        _first.TrySetResult(frame.ToArray());
        return ValueTask.CompletedTask;
    }

    public void Abort()
    {
        // there is nobody
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
