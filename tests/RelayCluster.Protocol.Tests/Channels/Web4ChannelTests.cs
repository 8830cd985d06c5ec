using FsCheck;
using FsCheck.Fluent;
using RelayCluster.Protocol.Channels;
using RelayCluster.Protocol.Dialects;
using RelayCluster.Protocol.Messages;
using RelayCluster.Protocol.Tests.Transports;
using RelayCluster.Wire;

namespace RelayCluster.Protocol.Tests.Channels;

/// <summary>What is other about a channel whose client speaks the first dialect.</summary>
public sealed class Web4ChannelTests
{
    private const string Add = "010f40776562342f6468742d72656c61790001041c";

    [Fact]
    public async Task Relay_AnswersInTheDialectOfTheFirstFrame()
    {
        (MemoryTransport client, RelayChannel channel) = await AcceptAsync();
        await using RelayChannel owned = channel;
        await client.SendHexAsync("1307000000");
        Assert.Equal(new EndMessage(7), await channel.ReadAsync());
        await channel.SendAsync(new EndMessage(8));
        Assert.Equal("1308000000", await client.ReceiveHexAsync());
    }

    [Fact]
    public async Task Relay_PassesKeepAlivesOverUntilTheFirstFrame()
    {
        (MemoryTransport client, MemoryTransport relay) = MemoryTransport.CreatePair();
        await client.SendHexAsync(string.Empty);
        await client.SendHexAsync(Add);
        await using RelayChannel channel = (await RelayChannel.AcceptAsync(relay))!;
        Assert.Equal(Add, await client.ReceiveHexAsync());
    }

    [Fact]
    public async Task Relay_ReadsMessagesThatComeInOneBatchWithTheAdd()
    {
        (MemoryTransport client, MemoryTransport relay) = MemoryTransport.CreatePair();
        await client.SendHexAsync("0015" + Add + "051307000000");
        await using RelayChannel channel = (await RelayChannel.AcceptAsync(relay))!;
        Assert.Equal(Add, await client.ReceiveHexAsync());
        Assert.Equal(new EndMessage(7), await channel.ReadAsync());
    }

    [Fact]
    public async Task Relay_AnswersUnderTheNameThatTheClientGives()
    {
        // npm @hyperswarm/dht-relay 0.1 itself
        const string Renamed = "0115406879706572737761726d2f6468742d72656c6179" + "0001041c";
        (MemoryTransport client, MemoryTransport relay) = MemoryTransport.CreatePair();
        await client.SendHexAsync(Renamed);
        await using RelayChannel channel = (await RelayChannel.AcceptAsync(relay))!;
        Assert.Equal(Renamed, await client.ReceiveHexAsync());
    }

    [Fact]
    public async Task OtherProtocolsAndVersions_AreRejectedAndAreNoError()
    {
        (MemoryTransport client, MemoryTransport relay) = MemoryTransport.CreatePair();
        await client.SendHexAsync("010f40776562342f6468742d72656c61790100041c");
        await client.SendHexAsync("01056f7468657200002002");
        await client.SendHexAsync("010f40776562342f6468742d72656c61790001221c");
        await client.SendHexAsync("20aa");
        await client.SendHexAsync("3107000000");
        await using RelayChannel channel = (await RelayChannel.AcceptAsync(relay))!;
        Assert.Equal("0304", await client.ReceiveHexAsync());
        Assert.Equal("0320", await client.ReceiveHexAsync());
        Assert.Equal(Add, await client.ReceiveHexAsync());
        Assert.Equal(new EndMessage(7), await channel.ReadAsync());
    }

    [Fact]
    public async Task Close_OfTheProtocol_EndsReadingAndSending()
    {
        (MemoryTransport client, RelayChannel channel) = await AcceptAsync();
        await using RelayChannel owned = channel;
        await client.SendHexAsync("0204");
        Assert.Null(await channel.ReadAsync());
        await Assert.ThrowsAsync<IOException>(async () => await channel.SendAsync(new EndMessage(1)));
    }

    [Fact]
    public async Task Client_ThatIsRejected_ReadsTheEnd()
    {
        (MemoryTransport client, MemoryTransport relay) = MemoryTransport.CreatePair();
        await using RelayChannel channel = Open(client);
        Assert.Equal(Add, await relay.ReceiveHexAsync());
        await relay.SendHexAsync("0304");
        Assert.Null(await channel.ReadAsync());
    }

    [Fact]
    public async Task Messages_SentWhileTheTransportIsBusy_GoOutAsOneBatch()
    {
        (MemoryTransport client, MemoryTransport relay) = MemoryTransport.CreatePair();
        await client.SendHexAsync(Add);
        await using RelayChannel channel = (await RelayChannel.AcceptAsync(relay))!;
        Assert.Equal(Add, await client.ReceiveHexAsync());

        relay.IsStalled = true;
        for (uint alias = 1; alias <= 3; alias++)
        {
            await channel.SendAsync(new EndMessage(alias));
        }

        relay.IsStalled = false;
        Assert.Equal("1301000000", await client.ReceiveHexAsync());
        Assert.Equal("00" + "051302000000" + "051303000000", await client.ReceiveHexAsync());
        await channel.SendAsync(new EndMessage(4));
        Assert.Equal("1304000000", await client.ReceiveHexAsync());
    }

    [Fact]
    public async Task ClientAndRelay_UnderstandEachOther()
    {
        (MemoryTransport client, MemoryTransport relay) = MemoryTransport.CreatePair();
        await using RelayChannel ofClient = Open(client);
        await ofClient.SendAsync(PingMessage.Instance);
        await using RelayChannel ofRelay = (await RelayChannel.AcceptAsync(relay))!;
        Assert.IsType<PingMessage>(await ofRelay.ReadAsync());
        Assert.IsType<PongMessage>(await ofClient.ReadAsync());
        await ofRelay.CloseAsync();
        Assert.Null(await ofClient.ReadAsync());
    }

    [Theory]
    [InlineData("0002")]
    [InlineData("47")]
    [InlineData("04")]
    public async Task Client_WhoseFirstFrameIsOfNoDialect_IsRefused(string frame)
    {
        (MemoryTransport client, MemoryTransport relay) = MemoryTransport.CreatePair();
        await client.SendHexAsync(frame);
        await Assert.ThrowsAsync<ProtocolException>(async () => await RelayChannel.AcceptAsync(relay));
        Assert.True(relay.IsAborted);
    }

    [Fact]
    public async Task Client_ThatGoesBeforeItsFirstFrame_HasNoChannel()
    {
        (MemoryTransport client, MemoryTransport relay) = MemoryTransport.CreatePair();
        await client.DisposeAsync();
        Assert.Null(await RelayChannel.AcceptAsync(relay));
        Assert.True(relay.IsAborted);
    }

    [Theory]
    [InlineData("1410ff")]
    [InlineData("00030001")]
    [InlineData("010f4077")]
    [InlineData(Add)]
    public async Task Frame_ThatBreaksTheProtocol_IsTheReadersError(string frame)
    {
        (MemoryTransport client, RelayChannel channel) = await AcceptAsync();
        await using RelayChannel owned = channel;
        await client.SendHexAsync(frame);
        await Assert.ThrowsAsync<ProtocolException>(async () => await channel.ReadAsync());
    }

    [Fact]
    public void AnyFrames_EndTheSessionWithTheProtocolExceptionOrNotAtAll() =>
        Prop.ForAll<byte[][]>(static frames =>
        {
            (MemoryTransport client, MemoryTransport relay) = MemoryTransport.CreatePair();
            client.SendHexAsync(Add).AsTask().Wait();
            foreach (byte[] frame in frames)
            {
                // mostly what control frames and the 28 messages are made of
                byte[] bytes = [.. (frame ?? []).Select(static b => (byte)(b % 8 == 0 ? b : b % 33))];
                client.SendAsync(bytes, default).AsTask().Wait();
            }

            client.DisposeAsync().AsTask().Wait();
            ReadToEndAsync(relay).Wait();
        }).QuickCheckThrowOnFailure();

    private static RelayChannel Open(MemoryTransport client) =>
        RelayChannel.Open(client, new RelayChannelOptions { Dialect = RelayDialect.Web4 });

    private static async Task ReadToEndAsync(MemoryTransport relay)
    {
        await using RelayChannel channel = (await RelayChannel.AcceptAsync(relay))!;
        try
        {
            while (await channel.ReadAsync() is { } message)
            {
                message.Dispose();
            }
        }
        catch (ProtocolException)
        {
            // what bad frames are for
        }
    }

    private static async Task<(MemoryTransport Client, RelayChannel Channel)> AcceptAsync()
    {
        (MemoryTransport client, MemoryTransport relay) = MemoryTransport.CreatePair();
        await client.SendHexAsync(Add);
        RelayChannel channel = (await RelayChannel.AcceptAsync(relay))!;
        Assert.Equal(Add, await client.ReceiveHexAsync());
        return (client, channel);
    }
}
