using System.Text.Json;
using RelayCluster.Vectors;
using RelayCluster.Wire.Protomux.Generation2;

namespace RelayCluster.Wire.Tests.Protomux.Generation2;

public sealed class ProtomuxVectorTests
{
    private static readonly VectorFile File = VectorFile.Load("protomux-v2.json");

    // what each send vector did, told here by its name; long payloads are taken from its frames
    private static readonly Dictionary<string, Action<ProtocolMuxUnderTest, string[]>> Steps = new()
    {
        ["send: add the relay protocol"] = static (m, _) => m.AddRelay(),
        ["send: add without version and messages"] = static (m, _) => m.Add("test", messageTypes: 0),
        ["send: add with large version numbers"] = static (m, _) => m.Add("test", 253, 65536, 300),
        ["send: add four protocols"] = static (m, _) =>
        {
            m.Add("a", messageTypes: 2);
            m.Add("b", major: 1);
            m.Add("c", messageTypes: 0);
            m.Add("d", messageTypes: 300);
        },
        ["send: messages of type 0, 1 and 27"] = static (m, f) =>
        {
            MuxProtocol protocol = m.AddRelay();
            Send(protocol, 0, "aabb");
            Send(protocol, 1, string.Empty);
            Send(protocol, 27, f[3][2..]);
        },
        ["send: messages of a second protocol"] = static (m, _) =>
        {
            m.Add("a", messageTypes: 248);
            MuxProtocol b = m.Add("b", messageTypes: 3);
            Send(b, 0, "01");
            Send(b, 1, "02");
        },
        ["send: messages with other encodings"] = static (m, _) =>
        {
            MuxProtocol protocol = m.Add("test", messageTypes: 4);
            Send(protocol, 0, "fe70110100");
            Send(protocol, 1, "0568656c6c6f");
            Send(protocol, 2, string.Empty);
            Send(protocol, 3, "020161026263");
        },
        ["send: batch of one"] = static (m, _) =>
        {
            MuxProtocol protocol = m.AddRelay();
            m.Mux.Cork();
            Send(protocol, 0, "aabb");
            m.Mux.Uncork();
        },
        ["send: batch of three"] = static (m, f) =>
        {
            MuxProtocol protocol = m.AddRelay();
            m.Mux.Cork();
            Send(protocol, 0, "aabb");
            Send(protocol, 1, string.Empty);
            Send(protocol, 27, f[1][^600..]);
            m.Mux.Uncork();
        },
        ["send: batch with add and close"] = static (m, _) =>
        {
            m.Mux.Cork();
            MuxProtocol protocol = m.Add("test", messageTypes: 1);
            Send(protocol, 0, "01");
            protocol.Close();
            m.Mux.Uncork();
        },
        ["send: corks nest"] = static (m, _) =>
        {
            MuxProtocol protocol = m.Add("test", messageTypes: 1);
            m.Mux.Cork();
            m.Mux.Cork();
            Send(protocol, 0, "01");
            m.Mux.Uncork();
            Send(protocol, 0, "02");
            m.Mux.Uncork();
            Send(protocol, 0, "03");
        },
        ["send: close"] = static (m, _) =>
        {
            MuxProtocol protocol = m.AddRelay();
            protocol.Close();
            protocol.Close();
            Assert.False(protocol.Send(0, [1]));
        },
    };

    // neither has a method here: an empty batch is not worth a frame, and an empty frame is the driver's to send
    private static readonly string[] NotWritten = ["send: cork with nothing", "send: keep alive"];

    // where the reference reads past its own lengths, or delivers what comes after the end
    private static readonly Dictionary<string, string[]> EventsWithoutTheQuirk = new()
    {
        ["receive: a batch with a type that we do not have"] = ["remote open", "message 0 ccdd"],
        ["receive: a batch of raw messages"] = ["remote open", "message 0 aabb", "message 1 ccdd"],
        ["receive: a message after the close"] = ["remote open", "remote close"],
    };

    public static TheoryData<string> Names(string kind) =>
        [.. File.Where("kind", kind).Select(static v => v.Name())];

    [Theory]
    [MemberData(nameof(Names), "send")]
    public void Steps_WriteTheFramesOfTheReference(string name)
    {
        var mux = new ProtocolMuxUnderTest();
        if (NotWritten.Contains(name))
        {
            mux.Mux.Cork();
            mux.Mux.Uncork();
            Assert.Empty(mux.TakeSends());
            return;
        }

        string[] frames = Strings(Vector(name), "frames");
        Steps[name](mux, frames);
        Assert.Equal(frames, mux.TakeSends());
    }

    [Theory]
    [MemberData(nameof(Names), "receive")]
    public void Frames_AreReadAndAnsweredAsByTheReference(string name)
    {
        JsonElement vector = Vector(name);
        ProtocolMuxUnderTest mux = SetUp(vector.GetProperty("setup").GetString()!);
        Assert.Equal(Strings(vector, "sentBefore"), mux.TakeSends());

        foreach (string frame in Strings(vector, "receive"))
        {
            mux.Receive(frame);
        }

        if (name == "receive: an unknown protocol that we add later")
        {
            Assert.True(mux.AddRelay().IsOpen);
            mux.Receive("0402ccdd");
        }

        bool isQuirk = EventsWithoutTheQuirk.TryGetValue(name, out string[]? events);
        Assert.Equal(vector.Is("quirk"), isQuirk);
        Assert.Equal(events ?? ExpectedEvents(vector), mux.Events);
        Assert.Equal(!isQuirk && vector.Is("destroyed"), mux.IsDestroyed);
        Assert.Equal(Strings(vector, "sends"), mux.TakeSends());
    }

    [Fact]
    public void Transcript_BothSidesAddTheRelayProtocolTalkAndBCloses()
    {
        JsonElement vector = Vector("transcript: both sides add the relay protocol, talk, b closes");
        Transcript transcript = new(vector);
        transcript.B.Mux.Pair(ProtocolMuxUnderTest.RelayProtocol);
        MuxProtocol a = transcript.A.AddRelay();
        transcript.Deliver('a');
        MuxProtocol b = transcript.B.AddRelay();
        transcript.Deliver('b');
        Send(a, 0, transcript.NextHex[2..]);
        transcript.Deliver('a');
        Send(b, 1, string.Empty);
        transcript.Deliver('b');
        Send(a, 2, string.Empty);
        transcript.Deliver('a');
        transcript.A.Mux.Cork();
        Send(a, 16, "026869");
        Send(a, 1, string.Empty);
        Send(a, 15, "0401000000");
        transcript.A.Mux.Uncork();
        transcript.Deliver('a');
        b.Close();
        transcript.Deliver('b');
        transcript.AssertEnd();
        Assert.Equal(["remote open", "message 1", "remote close"], transcript.A.Events);
        Assert.Equal(
            [
                "message 0 20ee05e87ca6007e85c5022f049636f9cb5f742d4d3a04ca42c8bf7c12014d378c",
                "message 2",
                "message 16 026869",
                "message 1",
                "message 15 0401000000",
            ],
            transcript.B.Events);
    }

    [Fact]
    public void Transcript_BAcceptsOnlyWhatItAddedItself()
    {
        Transcript transcript = new(Vector("transcript: b accepts only what it added itself"));
        MuxProtocol relay = transcript.A.AddRelay();
        MuxProtocol other = transcript.A.Add("other", messageTypes: 2);
        transcript.B.Add("other", messageTypes: 2);

        // ours rejects when it reads, the reference some time later, so the order is another
        transcript.DeliverInAnyOrder();
        Assert.Equal(["remote open", "remote close"], transcript.A.Events);
        Assert.Equal(["remote open"], transcript.B.Events);
        Assert.False(relay.IsOpen);
        Assert.True(other.IsOpen);
    }

    private static void Send(MuxProtocol protocol, int type, string hex) =>
        Assert.True(protocol.Send(type, Convert.FromHexString(hex)));

    private static ProtocolMuxUnderTest SetUp(string setup)
    {
        var mux = new ProtocolMuxUnderTest
        {
            HasBuffers = !setup.Contains("raw messages", StringComparison.Ordinal),
        };
        switch (setup)
        {
            case "nothing has been added, and no protocol is accepted":
                return mux;
            case "nothing has been added":
                mux.Mux.Pair("unknown");
                mux.Mux.Pair(ProtocolMuxUnderTest.RelayProtocol);
                return mux;
            case "protocol test with two raw messages has been added":
                mux.Add("test", messageTypes: 2);
                return mux;
            default:
                Assert.StartsWith("protocol @web4/dht-relay 0.1 with 28 messages has been added", setup);

                // another major version is kept by the reference without an answer
                mux.Mux.Pair(ProtocolMuxUnderTest.RelayProtocol);
                mux.AddRelay();
                return mux;
        }
    }

    private static IEnumerable<string> ExpectedEvents(JsonElement vector) =>
        vector.GetProperty("events").EnumerateArray().Select(static e =>
            e.GetProperty("event").ValueEquals("message")
                ? $"message {e.GetProperty("type").GetInt32()} {e.GetProperty("value").GetString()}".TrimEnd()
                : e.GetProperty("event").GetString()!);

    private static JsonElement Vector(string name) => File.All().Single(v => v.Name() == name);

    private static string[] Strings(JsonElement vector, string property) =>
        [.. vector.GetProperty(property).EnumerateArray().Select(static e => e.GetString()!)];
}
