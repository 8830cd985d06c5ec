using System.Net;
using System.Text.Json;
using RelayCluster.Crypto;
using RelayCluster.Protocol.Messages;
using RelayCluster.Vectors;
using RelayCluster.Wire;

namespace RelayCluster.Protocol.Tests.Messages;

/// <summary>Messages and the values inside them, made of the fields that vectors have.</summary>
internal static class VectorMessage
{
    public static RelayMessage Create(string message, JsonElement f) => message switch
    {
        "handshake" => new HandshakeMessage(Key(f, "publicKey"), Keys(f)),
        "ping" => PingMessage.Instance,
        "pong" => PongMessage.Instance,
        "connect" => new ConnectMessage(Id(f, "alias"), Key(f, "publicKey"), Keys(f), Key(f, "remotePublicKey")),
        "connection" => new ConnectionMessage(
            Id(f, "alias"), Id(f, "serverAlias"), Key(f, "remotePublicKey"), Hash(f), HandshakeId(f)),
        "connected" => new ConnectedMessage(Id(f, "alias"), Id(f, "remoteAlias")),
        "incoming" => new IncomingMessage(
            Id(f, "id"), Id(f, "serverAlias"), Key(f, "remotePublicKey"), Bytes(f, "payload")),
        "deny" => new DenyMessage(Id(f, "id")),
        "accept" => new AcceptMessage(Id(f, "id")),
        "destroy" => new DestroyMessage(
            f.Is("paired"), Id(f, f.Is("paired") ? "alias" : "remoteAlias"), f.GetProperty("error").GetString()),
        "listen" => new ListenMessage(Id(f, "alias"), Key(f, "publicKey"), Keys(f)),
        "listening" => new ListeningMessage(Id(f, "alias"), Id(f, "remoteAlias"), EndPoint(f)),
        "close" => new CloseMessage(Id(f, "alias")),
        "closed" => new ClosedMessage(Id(f, "alias")),
        "open" => new OpenMessage(Id(f, "alias"), Id(f, "remoteAlias"), Hash(f), HandshakeId(f)),
        "end" => new EndMessage(Id(f, "alias")),
        "data" => new DataMessage(Id(f, "alias"), Chunks(f.GetProperty("data"))),
        "result" => new ResultMessage(Id(f, "id"), Bytes(f, "data")),
        "finished" => new FinishedMessage(Id(f, "id")),
        "lookup" => new LookupMessage(Id(f, "id"), Key(f, "topic")),
        "announce" => new AnnounceMessage(Id(f, "id"), Key(f, "topic"), Key(f, "publicKey"), Keys(f)),
        "unannounce" => new UnannounceMessage(Id(f, "id"), Key(f, "topic"), Key(f, "publicKey"), Keys(f)),
        "signAnnounce" => new SignAnnounceMessage(
            Id(f, "id"), Id(f, "signee"), Key(f, "token"), OptionalKey(f, "peerId"), EndPoints(f)),
        "signUnannounce" => new SignUnannounceMessage(
            Id(f, "id"), Id(f, "signee"), Key(f, "token"), OptionalKey(f, "peerId"), EndPoints(f)),
        "signature" => new SignatureMessage(Id(f, "id"), Bytes(f, "signature")),
        "noiseSend" => new NoiseSendMessage(Id(f, "id"), OptionalId(f, "remoteStreamAlias"), Bytes(f, "payload")),
        "noiseReceive" => new NoiseReceiveMessage(Id(f, "id"), OptionalId(f, "serverAlias"), Bytes(f, "payload")),
        "noiseReply" => new NoiseReplyMessage(
            f.Is("isInitiator"), Id(f, "id"), Bytes(f, "payload"), OptionalKey(f, "remotePublicKey"), Completion(f)),
        _ => throw new ArgumentException($"no message {message}", nameof(message)),
    };

    public static Announcers Announcers(JsonElement f) => new(
        Key(f, "token"), Node(f.GetProperty("from")), Node(f.GetProperty("to")), Peers(f.GetProperty("peers")));

    public static AnnouncingNode Node(JsonElement f) => new(OptionalKey(f, "id"), EndPoint(f));

    public static AnnouncedPeer[] Peers(JsonElement list) => [.. list.EnumerateArray().Select(Peer)];

    public static AnnouncedPeer Peer(JsonElement f) => new(Key(f, "publicKey"), EndPoints(f));

    public static IPEndPoint[] EndPointList(JsonElement list) => [.. list.EnumerateArray().Select(EndPoint)];

    public static DataChunks Chunks(JsonElement list) => DataChunks.CopyOf(
        [.. list.EnumerateArray().Select(static e => (ReadOnlyMemory<byte>)(e.GetString() is { } hex
            ? Convert.FromHexString(hex)
            : []))]);

    private static IPEndPoint[] EndPoints(JsonElement f) => EndPointList(f.GetProperty("relayAddresses"));

    private static IPEndPoint EndPoint(JsonElement f) =>
        new(IPAddress.Parse(f.GetProperty("host").GetString()!), f.GetProperty("port").GetInt32());

    private static uint Id(JsonElement f, string name) => f.GetProperty(name).GetUInt32();

    private static uint? OptionalId(JsonElement f, string name) =>
        f.GetProperty(name).ValueKind == JsonValueKind.Null ? null : Id(f, name);

    private static Fixed32 Key(JsonElement f, string name) => new(f.Hex(name));

    private static Fixed32? OptionalKey(JsonElement f, string name) =>
        f.HexOrNull(name) is { Length: > 0 } bytes ? new Fixed32(bytes) : null;

    // the reference is given the secret key in any case, and leaves it out; ours cannot be misunderstood
    private static KeyPair? Keys(JsonElement f) =>
        f.Is("custodial") ? new KeyPair(Key(f, "publicKey"), f.Hex("secretKey")) : null;

    private static byte[] Hash(JsonElement f) => f.Is("custodial") ? f.Hex("handshakeHash") : [];

    private static uint HandshakeId(JsonElement f) => OptionalId(f, "handshakeId") ?? 0;

    private static NoiseCompletion? Completion(JsonElement f) =>
        f.Is("complete") ? new NoiseCompletion(Key(f, "remoteId"), Key(f, "holepunchSecret")) : null;

    private static byte[] Bytes(JsonElement f, string name) => f.HexOrNull(name) ?? [];
}
