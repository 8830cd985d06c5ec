using System.Text.Json;
using RelayCluster.Dht.Rpc;
using RelayCluster.Dht.Rpc.Messages;
using RelayCluster.Udx.Sockets;
using RelayCluster.Vectors;

namespace RelayCluster.Dht.Tests.Rpc.Messages;

public class MessageVectorTests
{
    private static readonly VectorFile Vectors = VectorFile.Load("dht-rpc.json");

    public static TheoryData<string> Requests => Names("request");

    public static TheoryData<string> Replies => Names("reply");

    [Theory]
    [MemberData(nameof(Requests))]
    public void A_request_is_written_as_the_reference_writes_it(string name)
    {
        JsonElement vector = Find(name);
        byte[]? value = vector.HexOrNull("value");
        var message = new RequestMessage
        {
            TransactionId = vector.GetProperty("tid").GetUInt16(),
            To = vector.EndPoint("to"),
            Id = vector.Fixed32OrNull("id"),
            Token = vector.Fixed32OrNull("token"),
            IsInternal = vector.Is("internal"),
            Command = vector.GetProperty("command").GetUInt32(),
            Target = vector.Fixed32OrNull("target"),
            HasValue = value is not null,
            Value = value,
        };

        var written = new byte[message.GetEncodedSize()];

        Assert.Equal(written.Length, message.Write(written));
        Assert.Equal(vector.GetProperty("hex").GetString(), Convert.ToHexStringLower(written));
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public void A_request_of_the_reference_is_read(string name)
    {
        JsonElement vector = Find(name);

        Assert.True(RequestMessage.TryRead(vector.Hex("hex"), out RequestMessage message));

        AssertRequest(vector, message);
    }

    [Theory]
    [MemberData(nameof(Replies))]
    public void A_reply_is_written_as_the_reference_writes_it(string name)
    {
        JsonElement vector = Find(name);
        byte[]? value = vector.HexOrNull("value");
        var message = new ReplyMessage
        {
            TransactionId = vector.GetProperty("tid").GetUInt16(),
            To = vector.EndPoint("to"),
            Id = vector.Fixed32OrNull("id"),
            Token = vector.Fixed32OrNull("token"),
            CloserNodes = CloserNodes(vector),
            Error = vector.GetProperty("error").GetUInt32(),
            HasValue = value is not null,
            Value = value,
        };

        var written = new byte[message.GetEncodedSize()];

        Assert.Equal(written.Length, message.Write(written));
        Assert.Equal(vector.GetProperty("hex").GetString(), Convert.ToHexStringLower(written));
    }

    [Theory]
    [MemberData(nameof(Replies))]
    public void A_reply_of_the_reference_is_read(string name)
    {
        JsonElement vector = Find(name);

        Assert.True(ReplyMessage.TryRead(vector.Hex("hex"), out ReplyMessage message));

        AssertReply(vector, message);
    }

    [Fact]
    public void Datagrams_captured_between_real_nodes_are_read()
    {
        int packets = 0;
        foreach (JsonElement vector in Vectors.Where("kind", "captured"))
        {
            foreach (JsonElement packet in vector.GetProperty("packets").EnumerateArray())
            {
                JsonElement read = packet.GetProperty("read");
                byte[] datagram = packet.Hex("hex");
                if (read.GetProperty("type").GetString() == "request")
                {
                    Assert.True(RequestMessage.TryRead(datagram, out RequestMessage request));
                    AssertRequest(read, request);
                }
                else
                {
                    Assert.True(ReplyMessage.TryRead(datagram, out ReplyMessage reply));
                    AssertReply(read, reply);
                }

                packets++;
            }
        }

        Assert.InRange(packets, 20, 1000);
    }

    [Fact]
    public void Constants_are_the_references()
    {
        JsonElement commands = Find("constants: commands").GetProperty("values");
        Assert.Equal(RpcCommand.Ping, commands.GetProperty("PING").GetUInt32());
        Assert.Equal(RpcCommand.PingNat, commands.GetProperty("PING_NAT").GetUInt32());
        Assert.Equal(RpcCommand.FindNode, commands.GetProperty("FIND_NODE").GetUInt32());
        Assert.Equal(RpcCommand.DownHint, commands.GetProperty("DOWN_HINT").GetUInt32());
        Assert.Equal(RpcCommand.DelayedPing, commands.GetProperty("DELAYED_PING").GetUInt32());

        JsonElement errors = Find("constants: errors").GetProperty("values");
        Assert.Equal(RpcErrorCode.UnknownCommand, errors.GetProperty("UNKNOWN_COMMAND").GetUInt32());
        Assert.Equal(RpcErrorCode.InvalidToken, errors.GetProperty("INVALID_TOKEN").GetUInt32());

        JsonElement first = Find("constants: first byte").GetProperty("values");
        Assert.Equal(RequestMessage.FirstByte, first.GetProperty("request").GetByte());
        Assert.Equal(ReplyMessage.FirstByte, first.GetProperty("response").GetByte());
    }

    private static TheoryData<string> Names(string kind) =>
        [.. Vectors.Where("kind", kind).Select(static vector => vector.Name())];

    private static JsonElement Find(string name) => Vectors.Where("name", name).Single();

    private static UdpEndPoint[] CloserNodes(JsonElement vector) =>
        vector.TryGetProperty("closerNodes", out JsonElement nodes) && nodes.ValueKind == JsonValueKind.Array
            ? [.. nodes.EnumerateArray().Select(static node => node.EndPoint())]
            : [];

    private static void AssertRequest(JsonElement expected, in RequestMessage actual)
    {
        Assert.Equal(expected.GetProperty("tid").GetUInt16(), actual.TransactionId);
        Assert.Equal(expected.EndPoint("to"), actual.To);
        Assert.Equal(expected.Fixed32OrNull("id"), actual.Id);
        Assert.Equal(expected.Fixed32OrNull("token"), actual.Token);
        Assert.Equal(expected.Is("internal"), actual.IsInternal);
        Assert.Equal(expected.GetProperty("command").GetUInt32(), actual.Command);
        Assert.Equal(expected.Fixed32OrNull("target"), actual.Target);
        AssertValue(expected, actual.HasValue, actual.Value);
    }

    private static void AssertReply(JsonElement expected, in ReplyMessage actual)
    {
        Assert.Equal(expected.GetProperty("tid").GetUInt16(), actual.TransactionId);
        Assert.Equal(expected.EndPoint("to"), actual.To);
        Assert.Equal(expected.Fixed32OrNull("id"), actual.Id);
        Assert.Equal(expected.Fixed32OrNull("token"), actual.Token);
        Assert.Equal(CloserNodes(expected), actual.ReadCloserNodes());
        uint error = expected.TryGetProperty("error", out JsonElement code) ? code.GetUInt32() : 0;
        Assert.Equal(error, actual.Error);
        AssertValue(expected, actual.HasValue, actual.Value);
    }

    private static void AssertValue(JsonElement expected, bool hasValue, ReadOnlySpan<byte> value)
    {
        byte[]? bytes = expected.HexOrNull("value");
        Assert.Equal(bytes is not null, hasValue);
        Assert.Equal(bytes ?? [], value.ToArray());
    }
}
