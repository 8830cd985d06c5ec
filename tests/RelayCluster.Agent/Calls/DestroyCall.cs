using System.Text.Json.Nodes;
using RelayCluster.Agent.Frames;
using RelayCluster.Dht;

namespace RelayCluster.Agent.Calls;

/// <summary>
/// Cuts a stream: <c>{ stream }</c>. On the stream's own connection this would wait behind its messages.
/// </summary>
internal sealed class DestroyCall(JsonObject request, FrameConnection connection, Registry<DhtStream> streams)
{
    public async Task RunAsync()
    {
        streams.Find((int)request["stream"]!)?.Destroy();
        await connection.WriteAsync(new JsonObject { ["destroyed"] = true });
    }
}
