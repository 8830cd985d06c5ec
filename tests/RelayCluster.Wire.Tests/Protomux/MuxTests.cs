using RelayCluster.Wire.Protomux;

namespace RelayCluster.Wire.Tests.Protomux;

public sealed class MuxTests
{
    // an open of "a" under the remote id that is put in
    private const string OpenA = "0001{0}016100";

    [Fact]
    public void Payload_LiesInTheFrameAtItsOffset()
    {
        var mux = new Mux();
        mux.Open(new MuxChannelOptions { Protocol = "a", MessageTypes = 1 });
        byte[] frame = Convert.FromHexString("000000" + "0701010161" + "00ffff" + "0001" + "0300aabb");
        mux.HandleFrame(frame);
        Assert.True(mux.TryReadEvent(out MuxEvent opened));
        Assert.Equal("ffff", Convert.ToHexStringLower(opened.Payload.Span));
        Assert.True(mux.IsReading);
        Assert.True(mux.TryReadEvent(out MuxEvent message));
        Assert.Equal("aabb", Convert.ToHexStringLower(message.Payload.Span));
        Assert.True(message.Payload.Span.Overlaps(frame.AsSpan(message.FrameOffset, message.Payload.Length)));
        Assert.False(mux.IsReading);
        Assert.False(mux.TryReadEvent(out _));
    }

    [Fact]
    public void Frame_BeforeTheLastOneIsRead_IsTheOwnersMistake()
    {
        var mux = new Mux();
        mux.HandleFrame(new byte[] { 1, 0 });
        Assert.Throws<InvalidOperationException>(() => mux.HandleFrame(new byte[] { 1, 0 }));
    }

    [Fact]
    public void RemoteChannels_BeyondTheLimit_AreAnError()
    {
        var mux = new MuxUnderTest(new MuxOptions { MaxRemoteChannels = 2 });
        mux.Receive(Open("01"));
        mux.Receive(Open("02"));
        mux.Receive(Open("02"));
        Assert.Equal(["000201", "000202", "000202"], mux.TakeSends());
        Assert.False(mux.IsDestroyed);
        mux.Receive(Open("03"));
        Assert.True(mux.IsDestroyed);
    }

    [Fact]
    public void Requests_BeyondTheLimit_AreAnError()
    {
        var mux = new MuxUnderTest(new MuxOptions { MaxPendingRequests = 2 });
        mux.Mux.Pair("a");
        mux.Receive(Open("01"));
        mux.Receive(Open("02"));
        Assert.Empty(mux.TakeSends());
        mux.Receive(Open("03"));
        Assert.True(mux.IsDestroyed);
    }

    [Fact]
    public void Requests_ThatWereAnswered_MakeRoomForOthers()
    {
        List<MuxOpenRequest> requests = [];
        var mux = new MuxUnderTest(new MuxOptions { MaxPendingRequests = 2, MaxPendingBytes = 200 })
        {
            OnRequest = requests.Add,
        };
        mux.Mux.Pair("a");
        for (int i = 0; i < 10; i++)
        {
            mux.Receive(Open("01"));
            mux.Receive("0100" + new string('0', 2 * 100));
            mux.Mux.Reject(requests[^1]);
            Assert.Equal(["000201"], mux.TakeSends());
        }

        Assert.False(mux.IsDestroyed);
    }

    [Fact]
    public void Messages_BehindARequest_AreKeptUpToTheLimit()
    {
        var mux = new MuxUnderTest(new MuxOptions { MaxPendingBytes = 200 });
        mux.Mux.Pair("a");
        mux.Receive(Open("01"));
        mux.Receive("0100aa");
        mux.Receive("0101bb");
        Assert.Empty(mux.Events);
        mux.Open("a");
        mux.Drain();
        mux.Receive("0102cc");
        Assert.Equal(["open a", "message 0 aa", "message 1 bb", "message 2 cc"], mux.Events);

        mux.Receive(Open("02"));
        mux.Receive("0200" + new string('0', 2 * 200));
        Assert.True(mux.IsDestroyed);
    }

    [Fact]
    public void Request_ThatTheOtherSideCloses_IsGone()
    {
        MuxOpenRequest? request = null;
        var mux = new MuxUnderTest { OnRequest = r => request = r };
        mux.Mux.Pair("a");
        mux.Receive(Open("01"));
        Assert.Equal("a", request!.Protocol);
        Assert.True(request.IsPending);
        mux.Receive("000301");
        Assert.False(request.IsPending);
        mux.Mux.Reject(request);
        Assert.Empty(mux.TakeSends());

        // its id is free, and an open of ours waits for a new one
        mux.Open("a");
        Assert.Empty(mux.Events);
        mux.Receive(Open("01"));
        Assert.Equal(["open a"], mux.Events);
    }

    [Fact]
    public void Pair_WithAnId_IsForThatIdAlone()
    {
        List<string> ids = [];
        var mux = new MuxUnderTest { OnRequest = r => ids.Add(Convert.ToHexStringLower(r.Id.Span)) };
        mux.Mux.Pair("a", [7]);
        mux.Receive("0001010161" + "0107");
        mux.Receive("0001020161" + "0108");
        Assert.Equal(["07"], ids);
        Assert.Equal(["000202"], mux.TakeSends());
    }

    [Fact]
    public void Unpair_RejectsWhatComesLater()
    {
        var mux = new MuxUnderTest();
        mux.Mux.Pair("a");
        mux.Mux.Unpair("a");
        mux.Receive(Open("01"));
        Assert.Equal(["000201"], mux.TakeSends());
    }

    [Fact]
    public void Alias_PairsWithTheOtherSidesName()
    {
        var mux = new MuxUnderTest();
        mux.Mux.Open(new MuxChannelOptions { Protocol = "new", Aliases = ["a"], MessageTypes = 1 });
        mux.Receive(Open("01"));
        mux.Receive("010005");
        Assert.Equal(["open new", "message 0 05"], mux.Events);
    }

    [Fact]
    public void Channels_OfOneName_PairInTheirOrder()
    {
        var mux = new MuxUnderTest();
        MuxChannel first = mux.Open("a", isUnique: false);
        MuxChannel second = mux.Open("a", isUnique: false);
        mux.TakeSends();
        mux.Receive(Open("01"));
        Assert.True(first.IsOpen);
        Assert.False(second.IsOpen);
        mux.Receive(Open("02"));
        Assert.True(second.IsOpen);
        mux.Receive("000302");
        Assert.True(second.IsClosed);
        Assert.False(first.IsClosed);
    }

    [Fact]
    public void LocalId_OfAChannelClosedTooEarly_WaitsForTheAnswer()
    {
        var mux = new MuxUnderTest();
        mux.Open("a").Close();
        Assert.Equal(["000101016100", "000301"], mux.TakeSends());

        // the other side may have opened before it saw our close: its open belongs to the closed channel
        mux.Open("b");
        Assert.Equal(["000102016200"], mux.TakeSends());
        mux.Receive(Open("01"));
        Assert.Empty(mux.Events);
        Assert.Empty(mux.TakeSends());
        mux.Open("c");
        Assert.Equal(["000101016300"], mux.TakeSends());
    }

    [Fact]
    public void LocalId_OfAChannelClosedTooEarly_IsFreedByAReject()
    {
        var mux = new MuxUnderTest();
        mux.Open("a").Close();
        mux.Receive("000201");
        Assert.Empty(mux.Events);
        mux.TakeSends();
        mux.Open("c");
        Assert.Equal(["000101016300"], mux.TakeSends());
    }

    [Fact]
    public void Reject_OfAChannelThatIsPaired_IsAnError()
    {
        var mux = new MuxUnderTest();
        mux.Open("a");
        mux.Receive(Open("01"));
        mux.Receive("000201");
        Assert.True(mux.IsDestroyed);
        Assert.Equal(["open a", "close a"], mux.Events);
    }

    [Fact]
    public void Rejects_OfOneBatch_AreOneFrame()
    {
        var mux = new MuxUnderTest();
        mux.Receive("000000" + "0501010162" + "00" + "0501020162" + "00");
        Assert.Equal(["000000" + "020201" + "020202"], mux.TakeSends());
    }

    [Fact]
    public void Batch_LongerThanTheLimit_IsSplit()
    {
        var mux = new MuxUnderTest(new MuxOptions { MaxBatchBytes = 100 });
        MuxChannel channel = mux.Open("a");
        mux.TakeSends();
        mux.Mux.Cork();
        for (int i = 0; i < 6; i++)
        {
            Assert.True(channel.Send(0, new byte[40]));
        }

        mux.Mux.Uncork();
        string[] frames = mux.TakeSends();
        Assert.Equal(3, frames.Length);
        Assert.All(frames, static f => Assert.Equal(2 * (3 + (2 * 42)), f.Length));
    }

    [Fact]
    public void Message_ThatIsLarge_GoesPastTheBatchInItsTurn()
    {
        var mux = new MuxUnderTest();
        MuxChannel channel = mux.Open("a");
        mux.TakeSends();
        mux.Mux.Cork();
        Assert.True(channel.Send(0, [1]));
        Assert.True(channel.Send(0, new byte[20_000]));
        Assert.True(channel.Send(0, [2]));
        mux.Mux.Uncork();
        string[] frames = mux.TakeSends();
        Assert.Equal("000001020001", frames[0]);
        Assert.Equal(2 * 20_002, frames[1].Length);
        Assert.Equal("000001020002", frames[2]);
    }

    [Fact]
    public void BufferedBytes_CountsWhatIsNotTaken()
    {
        var mux = new Mux();
        MuxChannel channel = mux.Open(new MuxChannelOptions { Protocol = "a", MessageTypes = 1 })!;
        Assert.Equal(6, mux.BufferedBytes);
        mux.Cork();
        channel.Send(0, [1, 2, 3]);
        Assert.Equal(6 + 8, mux.BufferedBytes);
        mux.Uncork();
        Assert.Equal(6 + 8, mux.BufferedBytes);
        while (mux.TryTakeFrame(out PooledBuffer frame))
        {
            frame.Dispose();
        }

        Assert.Equal(0, mux.BufferedBytes);
    }

    [Fact]
    public void Uncork_OfWhatIsNotCorked_IsTheOwnersMistake() =>
        Assert.Throws<InvalidOperationException>(static () => new Mux().Uncork());

    [Fact]
    public void MessageType_ThatTheChannelDoesNotHave_IsTheOwnersMistake()
    {
        MuxChannel channel = new Mux().Open(new MuxChannelOptions { Protocol = "a", MessageTypes = 2 })!;
        Assert.Throws<ArgumentOutOfRangeException>(() => channel.Send(2, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => channel.Send(-1, []));
    }

    [Fact]
    public void Name_BeyondTheLimit_IsAnError()
    {
        var mux = new MuxUnderTest(new MuxOptions { MaxNameBytes = 3 });
        mux.Receive("0001010461616161" + "00");
        Assert.True(mux.IsDestroyed);
    }

    private static string Open(string remoteId) =>
        OpenA.Replace("{0}", remoteId, StringComparison.Ordinal);
}
