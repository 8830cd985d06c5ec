using System.Text.Json;
using RelayCluster.Protocol.Channels;
using RelayCluster.Protocol.Messages;
using RelayCluster.Protocol.Tests.Messages;
using RelayCluster.Protocol.Tests.Transports;
using RelayCluster.Vectors;

namespace RelayCluster.Protocol.Tests.Channels;

/// <summary>Whole sessions between the reference client and relay, each side of them played by our channel.</summary>
public sealed class SessionTranscriptTests
{
    private static readonly VectorFile File = VectorFile.Load("relay-session.json");

    public static TheoryData<string> Names() => [.. File.All().Select(static v => v.Name())];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Relay_ReadsWhatTheClientWroteAndWritesWhatTheRelayWrote(string name)
    {
        (MemoryTransport client, MemoryTransport relay) = MemoryTransport.CreatePair();
        JsonElement[] entries = [.. Vector(name).GetProperty("entries").EnumerateArray()];

        // the reference relay opens before the client does, ours behind it
        await client.SendHexAsync(Hex(entries[1]));
        await using RelayChannel channel = (await RelayChannel.AcceptAsync(relay))!;
        Assert.Equal(Hex(entries[0]), await client.ReceiveHexAsync());
        await PlayAsync(channel, client, "relay", entries[2..]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Client_ReadsWhatTheRelayWroteAndWritesWhatTheClientWrote(string name)
    {
        (MemoryTransport client, MemoryTransport relay) = MemoryTransport.CreatePair();
        JsonElement[] entries = [.. Vector(name).GetProperty("entries").EnumerateArray()];
        await using RelayChannel channel = RelayChannel.Open(client);
        Assert.Equal(Hex(entries[1]), await relay.ReceiveHexAsync());
        await relay.SendHexAsync(Hex(entries[0]));
        await PlayAsync(channel, relay, "client", entries[2..]);
    }

    private static async Task PlayAsync(
        RelayChannel channel, MemoryTransport remote, string side, IEnumerable<JsonElement> entries)
    {
        foreach (JsonElement entry in entries)
        {
            bool isOurs = entry.GetProperty("from").ValueEquals(side);
            if (!isOurs)
            {
                await remote.SendHexAsync(Hex(entry));
            }

            foreach (JsonElement read in entry.GetProperty("read").EnumerateArray())
            {
                using RelayMessage message = VectorMessage.Create(
                    read.GetProperty("message").GetString()!, read.GetProperty("fields"));
                if (isOurs)
                {
                    await channel.SendAsync(message);
                    continue;
                }

                using RelayMessage? received = await channel.ReadAsync();
                Assert.Equal(MessageText.Of(message), MessageText.Of(received));
                AssertAnnouncers(read.GetProperty("fields"), received);
            }

            if (isOurs)
            {
                Assert.Equal(Hex(entry), await remote.ReceiveHexAsync());
            }
        }
    }

    private static void AssertAnnouncers(JsonElement fields, RelayMessage? received)
    {
        if (received is ResultMessage result && fields.TryGetProperty("announcers", out JsonElement announcers))
        {
            Assert.Equal(
                MessageText.Of(VectorMessage.Announcers(announcers)),
                MessageText.Of(Announcers.Decode(result.Data.Span)));
        }
    }

    private static string Hex(JsonElement entry) => entry.GetProperty("hex").GetString()!;

    private static JsonElement Vector(string name) => File.All().Single(v => v.Name() == name);
}
