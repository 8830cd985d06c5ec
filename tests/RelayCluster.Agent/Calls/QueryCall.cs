using System.Text.Json.Nodes;
using RelayCluster.Agent.Frames;
using RelayCluster.Crypto;
using RelayCluster.Dht;
using RelayCluster.Wire;

namespace RelayCluster.Agent.Calls;

/// <summary>
/// A lookup, announce or unannounce: <c>{ node, topic, keyPair? }</c>, answered by a frame for each reply, then
/// <c>{ finished }</c>.
/// </summary>
internal sealed class QueryCall(JsonObject request, FrameConnection connection, IDhtNode node)
{
    public Task RunAsync() => HangUp.CancelsAsync(connection.ReadAsync(), QueryAsync);

    private async Task<bool> QueryAsync(CancellationToken cancellationToken)
    {
        using KeyPair? keyPair = request.KeyPair();
        await foreach (LookupReply reply in Start(keyPair, cancellationToken))
        {
            await connection.WriteAsync(Answers.Reply(reply));
        }

        await connection.WriteAsync(new JsonObject { ["finished"] = true });
        return true;
    }

    private IAsyncEnumerable<LookupReply> Start(KeyPair? keyPair, CancellationToken cancellationToken)
    {
        Fixed32 topic = request.Key("topic");
        return (string)request["call"]! switch
        {
            "lookup" => node.LookupAsync(topic, cancellationToken),
            "announce" => node.AnnounceAsync(topic, keyPair!, cancellationToken),
            "unannounce" => node.UnannounceAsync(topic, keyPair!, cancellationToken),
            string call => throw new ArgumentException($"there is no call '{call}'"),
        };
    }
}
