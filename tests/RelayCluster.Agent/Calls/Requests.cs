using System.Text.Json.Nodes;
using RelayCluster.Crypto;
using RelayCluster.Wire;

namespace RelayCluster.Agent.Calls;

/// <summary>What the tests' requests hold.</summary>
internal static class Requests
{
    public static Fixed32 Key(this JsonObject request, string name) => Fixed32.Parse((string)request[name]!);

    /// <summary>A key pair of the caller's own, to be disposed by who asks for it; null if there is none.</summary>
    public static KeyPair? KeyPair(this JsonObject request) =>
        request["keyPair"] is JsonObject pair
            ? new KeyPair(pair.Key("publicKey"), Convert.FromHexString((string)pair["secretKey"]!))
            : null;
}
