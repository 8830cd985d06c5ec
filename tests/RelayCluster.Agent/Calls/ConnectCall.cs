using System.Text.Json.Nodes;
using RelayCluster.Agent.Frames;
using RelayCluster.Crypto;
using RelayCluster.Dht;

namespace RelayCluster.Agent.Calls;

/// <summary>
/// A connection: <c>{ node, remotePublicKey, keyPair? }</c>, answered by what the stream knows of itself, and the
/// exchange of its messages.
/// </summary>
internal sealed class ConnectCall(
    JsonObject request,
    FrameConnection connection,
    IDhtNode node,
    Registry<DhtStream> streams)
{
    public async Task RunAsync()
    {
        using KeyPair? keyPair = request.KeyPair();
        var options = new DhtConnectOptions { KeyPair = keyPair };
        Task<Frame?> next = connection.ReadAsync();
        await using DhtStream stream = await HangUp.CancelsAsync(
            next,
            token => node.ConnectAsync(request.Key("remotePublicKey"), options, token).AsTask());
        int id = streams.Add(stream);
        await connection.WriteAsync(Answers.Stream(stream, id));
        await new StreamExchange(stream, connection).RunAsync(next);
        streams.Remove(id);
    }
}
