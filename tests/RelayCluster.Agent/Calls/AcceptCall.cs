using System.Text.Json.Nodes;
using RelayCluster.Agent.Frames;
using RelayCluster.Dht;

namespace RelayCluster.Agent.Calls;

/// <summary>Takes a stream that a server has accepted: <c>{ stream }</c>, followed by its messages.</summary>
internal sealed class AcceptCall(JsonObject request, FrameConnection connection, Registry<DhtStream> streams)
{
    public async Task RunAsync()
    {
        int id = (int)request["stream"]!;
        await using DhtStream stream = streams.Find(id) ?? throw new DhtException(DhtError.StreamReset);
        await new StreamExchange(stream, connection).RunAsync(connection.ReadAsync());
        streams.Remove(id);
    }
}
