using System.Text.Json;
using RelayCluster.Vectors;
using RelayCluster.Wire.Protomux;

namespace RelayCluster.Wire.Tests.Protomux;

public sealed class ProtomuxVectorTests
{
    private static readonly VectorFile File = VectorFile.Load("protomux-v3.json");

    // what each send vector did, told here by its name; the raw payloads are taken from its frames
    private static readonly Dictionary<string, Action<MuxUnderTest, string[]>> Steps = new()
    {
        ["send: open, no id, no handshake"] = static (m, _) => m.Open(),
        ["send: open, empty id"] = static (m, _) => m.Open(id: string.Empty),
        ["send: open, id of 32 bytes"] = static (m, f) => m.Open(id: f[0][^64..]),
        ["send: open, id and string handshake"] = static (m, f) =>
            m.Open(id: f[0][^(64 + 12)..^12], handshake: "0568656c6c6f"),
        ["send: open, no id, raw handshake"] = static (m, _) => m.Open("test", handshake: "010203"),
        ["send: open, id of 253 bytes, name of 253 bytes"] = static (m, f) =>
            m.Open(new string('x', 253), id: f[0][^(2 * 253)..]),
        ["send: three channels"] = static (m, _) =>
        {
            m.Open("a");
            m.Open("b");
            m.Open("a", id: "01");
        },
        ["send: messages of type 0, 1 and 27"] = static (m, f) =>
        {
            MuxChannel channel = m.Open();
            Send(channel, 0, "aabb");
            Send(channel, 1, string.Empty);
            Send(channel, 27, f[3][^600..]);
        },
        ["send: messages with other encodings"] = static (m, _) =>
        {
            MuxChannel channel = m.Open();
            Send(channel, 0, "fe70110100");
            Send(channel, 1, "0568656c6c6f");
            Send(channel, 2, string.Empty);
            Send(channel, 3, "020161026263");
        },
        ["send: message types 252, 253 and 300"] = static (m, _) =>
        {
            MuxChannel channel = m.Open("test");
            Send(channel, 252, "01");
            Send(channel, 253, "02");
            Send(channel, 300, "03");
        },
        ["send: a skipped message keeps its number"] = static (m, _) => Send(m.Open("test"), 2, "05"),
        ["send: close"] = static (m, _) =>
        {
            MuxChannel channel = m.Open();
            channel.Close();
            Assert.False(channel.Send(0, [1]));
        },
        ["send: cork with nothing"] = static (m, _) =>
        {
            m.Mux.Cork();
            m.Mux.Uncork();
        },
        ["send: batch of one"] = static (m, _) =>
        {
            MuxChannel channel = m.Open();
            m.Mux.Cork();
            Send(channel, 0, "aabb");
            m.Mux.Uncork();
        },
        ["send: batch of three on one channel"] = static (m, f) =>
        {
            MuxChannel channel = m.Open();
            m.Mux.Cork();
            Send(channel, 0, "aabb");
            Send(channel, 1, string.Empty);
            Send(channel, 27, f[1][^600..]);
            m.Mux.Uncork();
        },
        ["send: batch over two channels"] = static (m, _) =>
        {
            MuxChannel a = m.Open("a");
            MuxChannel b = m.Open("b");
            m.Mux.Cork();
            Send(a, 0, "01");
            Send(a, 0, "02");
            Send(b, 0, "03");
            Send(a, 1, "04");
            m.Mux.Uncork();
        },
        ["send: batch with open, message and close"] = static (m, _) =>
        {
            m.Mux.Cork();
            MuxChannel channel = m.Open();
            Send(channel, 0, "aabb");
            channel.Close();
            m.Mux.Uncork();
        },
        ["send: corks nest"] = static (m, _) =>
        {
            MuxChannel channel = m.Open();
            m.Mux.Cork();
            m.Mux.Cork();
            Send(channel, 0, "01");
            m.Mux.Uncork();
            Send(channel, 0, "02");
            m.Mux.Uncork();
            Send(channel, 0, "03");
        },
        ["send: a second channel with the same name and id is refused locally"] = static (m, _) =>
        {
            Assert.NotNull(m.Open());
            Assert.Null(m.Open());
        },
        ["send: not unique"] = static (m, _) =>
        {
            m.Open("test");
            m.Open("test", isUnique: false);
        },
    };

    public static TheoryData<string> Names(string kind) =>
        [.. File.Where("kind", kind).Select(static v => v.Name())];

    [Theory]
    [MemberData(nameof(Names), "send")]
    public void Steps_WriteTheFramesOfTheReference(string name)
    {
        string[] frames = Strings(Vector(name), "frames");
        var mux = new MuxUnderTest();

        if (name == "send: local ids 252 and 253")
        {
            SendOn253Channels(mux, frames);
            return;
        }

        Steps[name](mux, frames);
        Assert.Equal(frames, mux.TakeSends());
    }

    [Theory]
    [MemberData(nameof(Names), "receive")]
    public void Frames_AreReadAndAnsweredAsByTheReference(string name)
    {
        JsonElement vector = Vector(name);
        MuxUnderTest mux = SetUp(vector.GetProperty("setup").GetString()!);
        Assert.Equal(Strings(vector, "sentBefore"), mux.TakeSends());

        foreach (string frame in Strings(vector, "receive"))
        {
            mux.Receive(frame);
        }

        Assert.Equal(vector.Is("destroyed"), mux.IsDestroyed);
        Assert.Equal(ExpectedEvents(vector), mux.Events.Select(WithoutProtocol));
        Assert.Equal(Strings(vector, "sends"), mux.TakeSends());
    }

    [Fact]
    public void Transcript_BothSidesOpenTheRelayChannelTalkAndBCloses()
    {
        Transcript transcript = new(Vector("transcript: both sides open the relay channel, talk, b closes"));
        transcript.B.Mux.Pair(MuxUnderTest.RelayProtocol);
        MuxChannel a = transcript.A.Open();
        transcript.Deliver('a');
        MuxChannel b = transcript.B.Open();
        transcript.Deliver('b');
        Send(a, 0, transcript.NextHex[4..]);
        transcript.Deliver('a');
        Send(b, 1, string.Empty);
        transcript.Deliver('b');
        Send(a, 2, string.Empty);
        transcript.Deliver('a');
        transcript.A.Mux.Cork();
        Send(a, 16, "0100000001026869");
        Send(a, 15, "01000000");
        transcript.A.Mux.Uncork();
        transcript.Deliver('a');
        b.Close();
        transcript.Deliver('b');
        transcript.AssertEnd();
        Assert.Equal(
            [
                "open @hyperswarm/dht-relay",
                "message 0 00ee05e87ca6007e85c5022f049636f9cb5f742d4d3a04ca42c8bf7c12014d378c",
                "message 2",
                "message 16 0100000001026869",
                "message 15 01000000",
            ],
            transcript.B.Events);
        Assert.Equal(["open @hyperswarm/dht-relay", "message 1", "close @hyperswarm/dht-relay"], transcript.A.Events);
    }

    [Fact]
    public void Transcript_AOpensFirstAndIsRejectedBOpensLaterAndIsRejectedToo()
    {
        Transcript transcript = new(
            Vector("transcript: a opens first and is rejected, b opens later and is rejected too"));
        transcript.A.Open();
        transcript.Deliver('a');
        transcript.Deliver('b');
        transcript.B.Open();
        transcript.Deliver('b');
        transcript.Deliver('a');
        transcript.AssertEnd();
        Assert.Equal(["close @hyperswarm/dht-relay"], transcript.A.Events);
        Assert.Equal(["close @hyperswarm/dht-relay"], transcript.B.Events);
    }

    [Fact]
    public void Transcript_IdsAreUsedAgainAfterAClose()
    {
        Transcript transcript = new(Vector("transcript: ids are used again after a close"));
        transcript.B.Mux.Pair("one");
        transcript.B.Mux.Pair("two");
        transcript.B.Mux.Pair("three");
        MuxChannel one = transcript.A.Open("one");
        transcript.Deliver('a');
        transcript.A.Open("two");
        transcript.Deliver('a');
        transcript.B.Open("two");
        transcript.Deliver('b');
        transcript.B.Open("one");
        transcript.Deliver('b');
        one.Close();
        transcript.Deliver('a');
        transcript.A.Open("three");
        transcript.Deliver('a');
        transcript.B.Open("three");
        transcript.Deliver('b');
        transcript.AssertEnd();
        Assert.Equal(["open two", "open one", "open three"], transcript.A.Events);
        Assert.Equal(["open two", "open one", "close one", "open three"], transcript.B.Events);
    }

    private static void Send(MuxChannel channel, int type, string hex) =>
        Assert.True(channel.Send(type, Convert.FromHexString(hex)));

    private static void SendOn253Channels(MuxUnderTest mux, string[] frames)
    {
        // "n" with the channel's number as its id, in two bytes
        MuxChannel[] channels = [.. Enumerable.Range(0, 253).Select(i => mux.Open("n", id: $"{i:x2}00"))];
        Assert.Equal(frames[..2], mux.TakeSends()[^2..]);
        Send(channels[251], 0, "01");
        Send(channels[252], 0, "02");
        Assert.Equal(frames[2..], mux.TakeSends());
    }

    private static MuxUnderTest SetUp(string setup)
    {
        MuxUnderTest mux;
        switch (setup)
        {
            case "a channel for @hyperswarm/dht-relay with 28 raw messages has been opened (local id 1)":
                mux = new MuxUnderTest();
                OpenRelay(mux, string.Empty);
                return mux;
            case "a channel for @hyperswarm/dht-relay whose message 0 is a uint has been opened":
                mux = new MuxUnderTest { OnMessage = static e => new CompactReader(e.Payload.Span).ReadUInt() };
                OpenRelay(mux, string.Empty);
                return mux;
            case "a channel for @hyperswarm/dht-relay with a string handshake has been opened":
                mux = new MuxUnderTest();
                OpenRelay(mux, "026d65");
                return mux;
            case "a pair handler for @hyperswarm/dht-relay opens the channel when the other side asks":
                MuxUnderTest? paired = null;
                paired = new MuxUnderTest { OnRequest = _ => OpenRelay(paired!, string.Empty) };
                paired.Mux.Pair(MuxUnderTest.RelayProtocol);
                return paired;
            case "a channel whose message 0 answers with message 1 has been opened":
                mux = new MuxUnderTest { OnMessage = static e => e.Channel!.Send(e.Type + 1, e.Payload.Span) };
                OpenRelay(mux, string.Empty);
                return mux;
            default:
                Assert.Equal("nothing is open", setup);
                return new MuxUnderTest();
        }
    }

    private static void OpenRelay(MuxUnderTest mux, string handshake) => mux.Mux.Open(new MuxChannelOptions
    {
        Protocol = MuxUnderTest.RelayProtocol,
        Handshake = Convert.FromHexString(handshake),
        MessageTypes = 28,
    });

    private static IEnumerable<string> ExpectedEvents(JsonElement vector)
    {
        bool tellsOpen = !vector.GetProperty("setup").GetString()!.Contains("answers", StringComparison.Ordinal);
        if (!tellsOpen)
        {
            // this vector leaves the open out
            yield return "open";
        }

        foreach (JsonElement e in vector.GetProperty("events").EnumerateArray())
        {
            switch (e.GetProperty("event").GetString())
            {
                case "open" when e.TryGetProperty("handshake", out JsonElement handshake):
                    byte[] text = System.Text.Encoding.UTF8.GetBytes(handshake.GetString()!);
                    yield return $"open {text.Length:x2}{Convert.ToHexStringLower(text)}";
                    break;
                case "message":
                    int type = e.GetProperty("type").GetInt32();
                    yield return $"message {type} {e.GetProperty("hex").GetString()}".TrimEnd();
                    break;
                case "destroy":
                    // the end of asynchronous handlers, of which there are none here
                    break;
                default:
                    yield return e.GetProperty("event").GetString()!;
                    break;
            }
        }
    }

    private static string WithoutProtocol(string told) =>
        told.Replace(" " + MuxUnderTest.RelayProtocol, string.Empty, StringComparison.Ordinal);

    private static JsonElement Vector(string name) => File.All().Single(v => v.Name() == name);

    private static string[] Strings(JsonElement vector, string property) =>
        [.. vector.GetProperty(property).EnumerateArray().Select(static e => e.GetString()!)];
}
