using System.Net;
using System.Text.Json.Nodes;
using RelayCluster.Crypto;
using RelayCluster.Dht;

namespace RelayCluster.Agent.Calls;

/// <summary>What the agent tells, as JSON: bytes in hexadecimal, the rest in the words of the npm packages.</summary>
internal static class Answers
{
    public static JsonObject Failure(Exception exception) => new()
    {
        ["error"] = new JsonObject
        {
            ["message"] = exception.Message,
            ["code"] = (exception as DhtException)?.Code,
        },
    };

    public static JsonObject KeyPair(KeyPair keyPair) => new()
    {
        ["publicKey"] = keyPair.PublicKey.ToString(),
        ["secretKey"] = Convert.ToHexStringLower(keyPair.SecretKey),
    };

    public static JsonObject Stream(DhtStream stream, int id) => new()
    {
        ["stream"] = id,
        ["isInitiator"] = stream.IsInitiator,
        ["publicKey"] = stream.PublicKey.ToString(),
        ["remotePublicKey"] = stream.RemotePublicKey.ToString(),
        ["handshakeHash"] = Convert.ToHexStringLower(stream.HandshakeHash.Span),
    };

    public static JsonObject Reply(LookupReply reply) => new()
    {
        ["token"] = reply.Token?.ToString(),
        ["from"] = Address(reply.From.EndPoint),
        ["to"] = Address(reply.To.EndPoint),
        ["peers"] = new JsonArray([.. reply.Peers.Select(Peer)]),
    };

    public static JsonObject? Address(IPEndPoint? endPoint) => endPoint is null ? null : new()
    {
        ["host"] = endPoint.Address.ToString(),
        ["family"] = 4,
        ["port"] = endPoint.Port,
    };

    private static JsonNode Peer(DhtPeer peer) => new JsonObject
    {
        ["publicKey"] = peer.PublicKey.ToString(),
        ["relayAddresses"] = new JsonArray([.. peer.RelayAddresses.Select(a => (JsonNode?)Address(a))]),
    };
}
