using FsCheck;
using FsCheck.Fluent;
using RelayCluster.Crypto;
using RelayCluster.Protocol.Channels;
using RelayCluster.Protocol.Messages;
using RelayCluster.Protocol.Tests.Messages;
using RelayCluster.Protocol.Tests.Transports;
using RelayCluster.Wire;

namespace RelayCluster.Protocol.Tests.Channels;

public sealed class RelayChannelTests
{
    private const string Open = "00010115406879706572737761726d2f6468742d72656c617900";

    [Fact]
    public async Task Relay_OpensWhenTheClientHas()
    {
        (MemoryTransport client, MemoryTransport relay) = MemoryTransport.CreatePair();
        ValueTask<RelayChannel?> accepting = RelayChannel.AcceptAsync(relay);
        Assert.False(accepting.IsCompleted);

        await client.SendHexAsync(Open);
        await using RelayChannel? channel = await accepting;
        Assert.NotNull(channel);
        Assert.Equal(Open, await client.ReceiveHexAsync());
    }

    [Fact]
    public async Task Relay_WhoseClientGoesBeforeItOpens_HasNoChannel()
    {
        (MemoryTransport client, MemoryTransport relay) = MemoryTransport.CreatePair();
        await client.SendHexAsync("00010107756e6b6e6f776e00");
        await client.DisposeAsync();
        Assert.Null(await RelayChannel.AcceptAsync(relay));
        Assert.Equal("000201", await client.ReceiveHexAsync());
        Assert.True(relay.IsAborted);
    }

    [Fact]
    public async Task Relay_ReadsMessagesThatComeInOneBatchWithTheOpen()
    {
        (MemoryTransport client, MemoryTransport relay) = MemoryTransport.CreatePair();
        await client.SendHexAsync("00000019" + Open[2..] + "0001050f070000000510010000000100");
        await using RelayChannel channel = (await RelayChannel.AcceptAsync(relay))!;
        Assert.Equal(new EndMessage(7), await channel.ReadAsync());
    }

    [Fact]
    public async Task OtherChannels_AreRejectedAndAreNoError()
    {
        (MemoryTransport client, RelayChannel channel) = await AcceptAsync();
        await using RelayChannel owned = channel;
        await client.SendHexAsync("000102056f7468657200");
        await client.SendHexAsync("000102" + Open[6..]);
        await client.SendHexAsync("020000");
        await client.SendHexAsync("010f07000000");
        Assert.Equal(new EndMessage(7), await channel.ReadAsync());
        Assert.Equal("000202", await client.ReceiveHexAsync());
        Assert.Equal("000202", await client.ReceiveHexAsync());
    }

    [Fact]
    public async Task Ping_IsAnsweredAndShown()
    {
        (MemoryTransport client, RelayChannel channel) = await AcceptAsync();
        await using RelayChannel owned = channel;
        await client.SendHexAsync("0101");
        Assert.IsType<PingMessage>(await channel.ReadAsync());
        Assert.Equal("0102", await client.ReceiveHexAsync());
    }

    [Fact]
    public async Task Reply_WaitsForNoRoom()
    {
        (MemoryTransport client, MemoryTransport relay) = MemoryTransport.CreatePair();
        await using RelayChannel channel = RelayChannel.Open(client, new RelayChannelOptions { MaxUnsentBytes = 1 });
        client.IsStalled = true;
        channel.Reply(new AcceptMessage(1));
        channel.Reply(new DenyMessage(2));
        client.IsStalled = false;
        Assert.Equal(Open, await relay.ReceiveHexAsync());
        Assert.Equal("010801000000", await relay.ReceiveHexAsync());
        Assert.Equal("000001050702000000", await relay.ReceiveHexAsync());
    }

    [Fact]
    public async Task Reply_OtherSideTakesNone_BreaksTheProtocolBeyondTheAllowance()
    {
        (MemoryTransport client, MemoryTransport _) = MemoryTransport.CreatePair();
        await using RelayChannel channel = RelayChannel.Open(client, new RelayChannelOptions { MaxReplyBytes = 100 });
        client.IsStalled = true;
        Assert.Throws<ProtocolException>(() =>
        {
            for (uint id = 0; id < 100; id++)
            {
                channel.Reply(new AcceptMessage(id));
            }
        });
        client.IsStalled = false;
    }

    [Fact]
    public async Task Client_WhoseSendersWait_ReadsAndAnswersPingsAllTheSame()
    {
        (MemoryTransport client, MemoryTransport relay) = MemoryTransport.CreatePair();
        await using RelayChannel channel = RelayChannel.Open(client, new RelayChannelOptions { MaxUnsentBytes = 1000 });
        Assert.Equal(Open, await relay.ReceiveHexAsync());
        await relay.SendHexAsync(Open);
        client.IsStalled = true;
        Task first = SendData(channel, 600).AsTask();
        Task waiting = SendData(channel, 600).AsTask();
        Assert.False(waiting.IsCompleted);
        await relay.SendHexAsync("0101");
        await relay.SendHexAsync("010f07000000");
        Assert.IsType<PingMessage>(await channel.ReadAsync());
        Assert.Equal(new EndMessage(7), await channel.ReadAsync());

        client.IsStalled = false;
        await Task.WhenAll(first, waiting);
        Assert.StartsWith("0110", await relay.ReceiveHexAsync(), StringComparison.Ordinal);
        Assert.EndsWith("0102", await relay.ReceiveHexAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0101")]
    [InlineData("000102056f7468657200")]
    public async Task OtherSide_ThatAsksOnAndOnAndTakesNoAnswer_BreaksTheProtocol(string question)
    {
        (MemoryTransport client, MemoryTransport relay) = await OpenedAsync();
        await using RelayChannel channel =
            (await RelayChannel.AcceptAsync(relay, new RelayChannelOptions { MaxReplyBytes = 100 }))!;
        relay.IsStalled = true;
        for (int i = 0; i < 60; i++)
        {
            await client.SendHexAsync(question);
        }

        await Assert.ThrowsAsync<ProtocolException>(async () =>
        {
            while (true)
            {
                await channel.ReadAsync();
            }
        });
    }

    [Fact]
    public async Task OtherSide_ThatTakesItsAnswers_MayAskForEver()
    {
        (MemoryTransport client, MemoryTransport relay) = await OpenedAsync();
        await using RelayChannel channel =
            (await RelayChannel.AcceptAsync(relay, new RelayChannelOptions { MaxReplyBytes = 100 }))!;
        Assert.Equal(Open, await client.ReceiveHexAsync());
        for (int i = 0; i < 200; i++)
        {
            await client.SendHexAsync("0101");
            Assert.IsType<PingMessage>(await channel.ReadAsync());
            Assert.Equal("0102", await client.ReceiveHexAsync());
        }
    }

    [Theory]
    [InlineData("01")]
    [InlineData("0110ff")]
    [InlineData("010000")]
    [InlineData("000207")]
    [InlineData("00010300")]
    [InlineData("000000030000")]
    public async Task Frame_ThatBreaksTheProtocol_IsTheReadersError(string frame)
    {
        (MemoryTransport client, RelayChannel channel) = await AcceptAsync();
        await using RelayChannel owned = channel;
        await client.SendHexAsync(frame);
        await Assert.ThrowsAsync<ProtocolException>(async () => await channel.ReadAsync());
    }

    [Fact]
    public async Task Close_OfTheChannel_EndsReadingAndSending()
    {
        (MemoryTransport client, RelayChannel channel) = await AcceptAsync();
        await using RelayChannel owned = channel;
        await client.SendHexAsync("000301");
        Assert.Null(await channel.ReadAsync());
        await Assert.ThrowsAsync<IOException>(async () => await channel.SendAsync(new EndMessage(1)));
    }

    [Fact]
    public async Task Data_ThatIsLastInItsFrame_OutlivesTheNextRead()
    {
        (MemoryTransport client, RelayChannel channel) = await AcceptAsync();
        await using RelayChannel owned = channel;
        await client.SendHexAsync("011001000000010161");
        await client.SendHexAsync("000001" + "081001000000010162" + "081001000000010163");
        await client.SendHexAsync("011001000000010164");
        List<string> texts = [];
        List<DataMessage> messages = [];
        for (int i = 0; i < 4; i++)
        {
            messages.Add((DataMessage)(await channel.ReadAsync())!);
        }

        foreach (DataMessage message in messages)
        {
            texts.Add(MessageText.Of(message.Chunks));
            message.Dispose();
        }

        Assert.Equal(["[61]", "[62]", "[63]", "[64]"], texts);
    }

    [Fact]
    public async Task Messages_SentWhileTheTransportIsBusy_GoOutAsOneBatch()
    {
        (MemoryTransport client, MemoryTransport relay) = MemoryTransport.CreatePair();
        await client.SendHexAsync(Open);
        await using RelayChannel channel = (await RelayChannel.AcceptAsync(relay))!;
        Assert.Equal(Open, await client.ReceiveHexAsync());

        relay.IsStalled = true;
        for (uint alias = 1; alias <= 4; alias++)
        {
            await channel.SendAsync(new EndMessage(alias));
        }

        relay.IsStalled = false;
        Assert.Equal("010f01000000", await client.ReceiveHexAsync());
        Assert.Equal(
            "000001" + "050f02000000" + "050f03000000" + "050f04000000", await client.ReceiveHexAsync());
        await channel.SendAsync(new EndMessage(5));
        Assert.Equal("010f05000000", await client.ReceiveHexAsync());
    }

    [Fact]
    public async Task Senders_WaitWhileTooMuchIsUnsent()
    {
        (MemoryTransport client, MemoryTransport relay) = MemoryTransport.CreatePair();
        await client.SendHexAsync(Open);
        await using RelayChannel channel =
            (await RelayChannel.AcceptAsync(relay, new RelayChannelOptions { MaxUnsentBytes = 1000 }))!;
        relay.IsStalled = true;
        Task first = SendData(channel, 600).AsTask();
        Assert.True(first.IsCompletedSuccessfully);
        Task second = SendData(channel, 600).AsTask();
        using var cancelled = new CancellationTokenSource();
        Task third = SendData(channel, 600, cancelled.Token).AsTask();
        Assert.False(second.IsCompleted);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => third);
        Assert.False(second.IsCompleted);

        relay.IsStalled = false;
        await second;
        await SendData(channel, 600);
    }

    [Fact]
    public async Task Senders_HearThatTheConnectionWasCut()
    {
        (MemoryTransport client, MemoryTransport relay) = MemoryTransport.CreatePair();
        await client.SendHexAsync(Open);
        await using RelayChannel channel =
            (await RelayChannel.AcceptAsync(relay, new RelayChannelOptions { MaxUnsentBytes = 1000 }))!;
        relay.IsStalled = true;
        Task waiting = SendData(channel, 2000).AsTask();
        ValueTask<RelayMessage?> reading = channel.ReadAsync();
        channel.Abort();
        await Assert.ThrowsAsync<IOException>(() => waiting);
        await Assert.ThrowsAsync<IOException>(async () => await reading);
        await Assert.ThrowsAsync<IOException>(async () => await SendData(channel, 1));
    }

    [Fact]
    public async Task Message_ThatTheTransportCannotCarry_IsTheSendersMistake_AndNothingIsSent()
    {
        (MemoryTransport client, MemoryTransport relay) = await OpenedAsync();
        relay.MaxFrameBytes = 1000;
        await using RelayChannel channel = (await RelayChannel.AcceptAsync(relay))!;
        Assert.Equal(Open, await client.ReceiveHexAsync());
        await Assert.ThrowsAsync<ArgumentException>(async () => await SendData(channel, 1000));
        Assert.InRange(channel.MaxChunkBytes, 980, 990);
        await SendData(channel, channel.MaxChunkBytes);
        Assert.InRange((await client.ReceiveHexAsync()).Length / 2, 980, 1000);
    }

    [Fact]
    public async Task Reader_HearsThatSendingFailed()
    {
        (MemoryTransport _, MemoryTransport relay) = await OpenedAsync();
        await using RelayChannel channel = (await RelayChannel.AcceptAsync(relay))!;
        relay.Abort();
        await Assert.ThrowsAsync<IOException>(async () => await channel.SendAsync(new EndMessage(1)));
        await Assert.ThrowsAsync<IOException>(async () => await channel.ReadAsync());
    }

    [Fact]
    public void AnyFrames_EndTheSessionWithTheProtocolExceptionOrNotAtAll() =>
        Prop.ForAll<byte[][]>(static frames =>
        {
            (MemoryTransport client, MemoryTransport relay) = MemoryTransport.CreatePair();
            client.SendHexAsync(Open).AsTask().Wait();
            foreach (byte[] frame in frames)
            {
                // mostly what control frames and small ids are made of
                byte[] bytes = [.. (frame ?? []).Select(static b => (byte)(b % 8 == 0 ? b : b % 29))];
                client.SendAsync((byte[])[(byte)(bytes.Length % 2), .. bytes], default).AsTask().Wait();
            }

            client.DisposeAsync().AsTask().Wait();
            ReadToEndAsync(relay).Wait();
        }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task Close_SendsWhatWaits()
    {
        (MemoryTransport client, MemoryTransport relay) = MemoryTransport.CreatePair();
        await client.SendHexAsync(Open);
        RelayChannel channel = (await RelayChannel.AcceptAsync(relay))!;
        Assert.Equal(Open, await client.ReceiveHexAsync());
        relay.IsStalled = true;
        await channel.SendAsync(new EndMessage(1));
        await channel.SendAsync(new EndMessage(2));
        Task closing = channel.CloseAsync().AsTask();
        Assert.False(closing.IsCompleted);
        relay.IsStalled = false;
        await closing;
        Assert.Equal("010f01000000", await client.ReceiveHexAsync());
        Assert.Equal("000001050f02000000", await client.ReceiveHexAsync());
        Assert.Null(await client.ReceiveAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Close_WhenCancelled_CutsTheTransport()
    {
        (MemoryTransport _, MemoryTransport relay) = await OpenedAsync();
        RelayChannel channel = (await RelayChannel.AcceptAsync(relay))!;
        relay.IsStalled = true;
        await channel.SendAsync(new EndMessage(1));
        using var deadline = new CancellationTokenSource();
        Task closing = channel.CloseAsync(deadline.Token).AsTask();
        Assert.False(closing.IsCompleted);
        await deadline.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => closing);
        Assert.True(relay.IsAborted);
        await Assert.ThrowsAsync<IOException>(async () => await channel.SendAsync(new EndMessage(1)));
    }

    [Fact]
    public async Task ClientAndRelay_UnderstandEachOther()
    {
        (MemoryTransport client, MemoryTransport relay) = MemoryTransport.CreatePair();
        await using RelayChannel ofClient = RelayChannel.Open(client);
        using KeyPair keys = KeyPair.Generate();
        await ofClient.SendAsync(new HandshakeMessage(keys.PublicKey, keys));
        await using RelayChannel ofRelay = (await RelayChannel.AcceptAsync(relay))!;
        using var handshake = (HandshakeMessage)(await ofRelay.ReadAsync())!;
        Assert.True(keys.SecretKey.SequenceEqual(handshake.KeyPair!.SecretKey));

        Task[] senders = [.. Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            for (int n = 0; n < 200; n++)
            {
                using var data = new DataMessage((uint)i, PooledBuffer.CopyOf(BitConverter.GetBytes(n)));
                await ofRelay.SendAsync(data);
            }
        }))];
        var next = new int[8];
        for (int received = 0; received < 8 * 200; received++)
        {
            using var data = (DataMessage)(await ofClient.ReadAsync())!;
            foreach (ReadOnlyMemory<byte> chunk in data.Chunks)
            {
                Assert.Equal(next[data.Alias]++, BitConverter.ToInt32(chunk.Span));
            }
        }

        await Task.WhenAll(senders);
        await ofRelay.CloseAsync();
        Assert.Null(await ofClient.ReadAsync());
    }

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

    private static async Task<(MemoryTransport Client, MemoryTransport Relay)> OpenedAsync()
    {
        (MemoryTransport client, MemoryTransport relay) = MemoryTransport.CreatePair();
        await client.SendHexAsync(Open);
        return (client, relay);
    }

    private static async ValueTask SendData(
        RelayChannel channel, int length, CancellationToken cancellationToken = default)
    {
        using var data = new DataMessage(1, PooledBuffer.Rent(length));
        await channel.SendAsync(data, cancellationToken);
    }

    private static async Task<(MemoryTransport Client, RelayChannel Channel)> AcceptAsync()
    {
        (MemoryTransport client, MemoryTransport relay) = MemoryTransport.CreatePair();
        await client.SendHexAsync(Open);
        RelayChannel channel = (await RelayChannel.AcceptAsync(relay))!;
        Assert.Equal(Open, await client.ReceiveHexAsync());
        return (client, channel);
    }
}
