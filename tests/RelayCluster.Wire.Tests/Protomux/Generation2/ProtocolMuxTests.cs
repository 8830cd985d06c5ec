using FsCheck;
using FsCheck.Fluent;
using RelayCluster.Wire.Protomux;
using RelayCluster.Wire.Protomux.Generation2;

namespace RelayCluster.Wire.Tests.Protomux.Generation2;

public sealed class ProtocolMuxTests
{
    [Fact]
    public void Payload_LiesInTheFrameAtItsOffset()
    {
        var mux = new ProtocolMux();
        mux.Add(new MuxProtocolOptions { Name = "a", MessageTypes = 1 });
        byte[] frame = Convert.FromHexString("00" + "0701" + "0161" + "00000401" + "0304aabb");
        mux.HandleFrame(frame);
        Assert.True(mux.TryReadEvent(out ProtocolEvent opened));
        Assert.Equal(MuxEventKind.Opened, opened.Kind);
        Assert.True(mux.IsReading);
        Assert.Throws<InvalidOperationException>(() => mux.HandleFrame(frame));
        Assert.True(mux.TryReadEvent(out ProtocolEvent message));
        Assert.Equal("aabb", Convert.ToHexStringLower(message.Payload.Span));
        Assert.True(message.Payload.Span.Overlaps(frame.AsSpan(message.FrameOffset, message.Payload.Length)));
        Assert.False(mux.IsReading);
        Assert.False(mux.TryReadEvent(out _));
    }

    [Fact]
    public void Request_ThatIsAnsweredAtOnce_LosesNoMessageOfItsBatch()
    {
        ProtocolMuxUnderTest? mux = null;
        mux = new ProtocolMuxUnderTest { OnRequest = r => mux!.Add(r.Name) };
        mux.Mux.Pair("a");
        mux.Receive("00" + "0701" + "0161" + "0001041c" + "0304aabb");
        Assert.Equal(["message 0 aabb"], mux.Events);
        Assert.Equal(["010161" + "0000041c"], mux.TakeSends());
    }

    [Fact]
    public void Request_ThatIsRejected_IsAnsweredOnce()
    {
        List<RemoteProtocol> requests = [];
        var mux = new ProtocolMuxUnderTest { OnRequest = requests.Add };
        mux.Mux.Pair("a");
        mux.Receive("010161" + "0300071c");
        Assert.Equal(new ProtocolVersion(3, 0), requests[0].Version);
        mux.Mux.Reject(requests[0]);
        mux.Mux.Reject(requests[0]);
        Assert.Equal(["0307"], mux.TakeSends());

        // its name is free again
        mux.Receive("010161" + "0300201c");
        Assert.Equal(2, requests.Count);
        mux.Receive("0220");
        mux.Mux.Reject(requests[1]);
        Assert.Empty(mux.TakeSends());
        Assert.False(mux.IsDestroyed);
    }

    [Fact]
    public void Protocol_ThatIsThereAlready_IsNotAddedAgain()
    {
        var mux = new ProtocolMuxUnderTest();
        MuxProtocol first = mux.Add("a");
        Assert.Null(mux.Mux.Add(new MuxProtocolOptions { Name = "a", MessageTypes = 1 }));
        Assert.NotNull(mux.Mux.Add(new MuxProtocolOptions
        {
            Name = "a",
            Version = new ProtocolVersion(1, 0),
            MessageTypes = 1,
        }));
        mux.TakeSends();
        first.Close();
        mux.Add("a");
        Assert.Equal(["0204", "010161" + "0000211c"], mux.TakeSends());
    }

    [Fact]
    public void Protocol_ThatClosedHere_DropsWhatComes_AndOpensAgainWhereTheOtherSideStillHasIt()
    {
        var mux = new ProtocolMuxUnderTest();
        MuxProtocol first = mux.Add("a");
        mux.Receive("010161" + "0000041c");
        Assert.True(first.IsOpen);
        first.Close();
        Assert.False(first.IsOpen);
        mux.Receive("04aa");
        MuxProtocol second = mux.Add("a");
        Assert.True(second.IsOpen);
        mux.Receive("04bb");
        Assert.Equal(["remote open", "message 0 bb"], mux.Events);
    }

    [Fact]
    public void RemoteProtocols_BeyondTheLimits_AreAnError()
    {
        var few = new ProtocolMuxUnderTest(new MuxOptions { MaxPendingRequests = 1 });
        few.Mux.Pair("a");
        few.Receive("010161" + "00000401");
        Assert.False(few.IsDestroyed);
        few.Receive("010161" + "01000501");
        Assert.True(few.IsDestroyed);

        var one = new ProtocolMuxUnderTest(new MuxOptions { MaxRemoteChannels = 1 });
        one.Add("a");
        one.Add("b");
        one.Receive("010161" + "00000401");
        one.Receive("010163" + "00000501");
        Assert.False(one.IsDestroyed);
        one.Receive("010162" + "00000501");
        Assert.True(one.IsDestroyed);
    }

    [Fact]
    public void Name_BeyondTheLimit_IsAnError()
    {
        var mux = new ProtocolMuxUnderTest(new MuxOptions { MaxNameBytes = 3 });
        mux.Receive("010461616161" + "00000401");
        Assert.True(mux.IsDestroyed);
    }

    [Fact]
    public void Entry_OfNoBytes_IsAnError()
    {
        var mux = new ProtocolMuxUnderTest();
        mux.Receive("000004");
        Assert.True(mux.IsDestroyed);
    }

    [Fact]
    public void Batch_LongerThanTheLimit_IsSplit()
    {
        var mux = new ProtocolMuxUnderTest(new MuxOptions { MaxBatchBytes = 100 });
        MuxProtocol protocol = mux.Add("a");
        mux.TakeSends();
        mux.Mux.Cork();
        for (int i = 0; i < 6; i++)
        {
            Assert.True(protocol.Send(0, new byte[40]));
        }

        mux.Mux.Uncork();
        string[] frames = mux.TakeSends();
        Assert.Equal(3, frames.Length);
        Assert.All(frames, static f => Assert.Equal(2 * (1 + (2 * 42)), f.Length));
    }

    [Fact]
    public void MessageType_ThatTheProtocolDoesNotHave_IsTheOwnersMistake()
    {
        MuxProtocol protocol = new ProtocolMuxUnderTest().Add("a", messageTypes: 2);
        Assert.Throws<ArgumentOutOfRangeException>(() => protocol.Send(2, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => protocol.Send(-1, []));
    }

    [Fact]
    public void AnyFrames_ThrowNothingButTheProtocolException() => Prop.ForAll<byte[][]>(static frames =>
    {
        foreach (byte prefix in new byte[] { 0, 1, 4, 255 })
        {
            var mux = new ProtocolMuxUnderTest(new MuxOptions { MaxRemoteChannels = 4 });
            mux.Mux.Pair("a");
            mux.Add("b");
            mux.Receive("010162" + "0000041c");
            foreach (byte[] frame in frames)
            {
                // small numbers are what control frames are made of
                byte[] bytes = [prefix, .. (frame ?? []).Select(static b => (byte)(b % 8 == 0 ? b : b % 8))];
                mux.Receive(Convert.ToHexString(prefix == 255 ? bytes[1..] : bytes));
            }

            mux.TakeSends();
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Messages_HoweverTheyAreCorked_ArriveInTheirOrder() => Prop.ForAll<byte[]>(static actions =>
    {
        var sender = new ProtocolMuxUnderTest(new MuxOptions { MaxBatchBytes = 300 });
        MuxProtocol[] protocols = [sender.Add("a", messageTypes: 300), sender.Add("b", messageTypes: 300)];
        var receiver = new ProtocolMuxUnderTest();
        receiver.Add("b", messageTypes: 300);
        receiver.Add("a", messageTypes: 300);
        List<string> sent = ["remote open", "remote open"];
        int corks = 0;
        foreach (byte action in actions ?? [])
        {
            switch (action % 5)
            {
                case 0:
                    sender.Mux.Cork();
                    corks++;
                    break;
                case 1 when corks > 0:
                    sender.Mux.Uncork();
                    corks--;
                    break;
                default:
                    var payload = new byte[action < 250 ? action % 200 : 20_000];
                    payload.AsSpan().Fill((byte)sent.Count);
                    Assert.True(protocols[action % 2].Send(action, payload));
                    sent.Add($"message {action} {Convert.ToHexStringLower(payload)}".TrimEnd());
                    break;
            }
        }

        for (; corks > 0; corks--)
        {
            sender.Mux.Uncork();
        }

        Array.ForEach(sender.TakeSends(), receiver.Receive);
        Assert.Equal(sent, receiver.Events);
    }).QuickCheckThrowOnFailure();
}
