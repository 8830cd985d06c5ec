using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace RelayCluster.Cluster.Fabric;

/// <summary>Questions with one answer, both of them in JSON.</summary>
internal static class JsonAsk
{
    /// <summary>Asks one node, and reads its answer.</summary>
    /// <exception cref="FabricException">As of any ask; or the answer cannot be read.</exception>
    public static async ValueTask<TReply> AskAsync<TRequest, TReply>(
        this IFabric fabric,
        FabricAddress address,
        string subject,
        TRequest request,
        JsonTypeInfo<TRequest> requestType,
        JsonTypeInfo<TReply> replyType,
        CancellationToken cancellationToken)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(request, requestType);
        ReadOnlyMemory<byte> reply = await fabric.AskAsync(address, subject, body, cancellationToken)
            .FirstAsync(cancellationToken)
            .ConfigureAwait(false);
        try
        {
            return JsonSerializer.Deserialize(reply.Span, replyType) ?? throw new JsonException("null is no answer");
        }
        catch (JsonException e)
        {
            throw new FabricException(FabricError.Failed, $"the answer to {subject} cannot be read: {e.Message}", e);
        }
    }
}
