using System.Text.Json;
using RelayCluster.Protocol.Channels;
using RelayCluster.Protocol.Dialects;
using RelayCluster.Protocol.Messages;
using RelayCluster.Protocol.Tests.Messages;
using RelayCluster.Protocol.Tests.Transports;
using RelayCluster.Vectors;

namespace RelayCluster.Protocol.Tests.Channels;

/// <summary>
/// Whole sessions between the reference client and relay, each side of them played by our channel, in both dialects.
/// </summary>
public sealed class SessionTranscriptTests
{
    private static readonly Dictionary<RelayDialect, VectorFile> Files = new()
    {
        [RelayDialect.Hyperswarm] = VectorFile.Load("relay-session.json"),
        [RelayDialect.Web4] = VectorFile.Load("relay-session-web4.json"),
    };

    public static TheoryData<RelayDialect, string> Names()
    {
        var names = new TheoryData<RelayDialect, string>();
        foreach ((RelayDialect dialect, VectorFile file) in Files)
        {
            foreach (JsonElement vector in file.All())
            {
                names.Add(dialect, vector.Name());
            }
        }

        return names;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Relay_ReadsWhatTheClientWroteAndWritesWhatTheRelayWrote(RelayDialect dialect, string name)
    {
        (MemoryTransport client, MemoryTransport relay) = MemoryTransport.CreatePair();
        JsonElement[] entries = [.. Vector(dialect, name).GetProperty("entries").EnumerateArray()];

        // the reference relay opens before the client does, ours behind it
        await client.SendHexAsync(Hex(entries[1]));
        await using RelayChannel channel = (await RelayChannel.AcceptAsync(relay))!;
        Assert.Equal(Hex(entries[0]), await client.ReceiveHexAsync());
        await PlayAsync(channel, client, "relay", entries[2..]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Client_ReadsWhatTheRelayWroteAndWritesWhatTheClientWrote(RelayDialect dialect, string name)
    {
        (MemoryTransport client, MemoryTransport relay) = MemoryTransport.CreatePair();
        JsonElement[] entries = [.. Vector(dialect, name).GetProperty("entries").EnumerateArray()];
        await using RelayChannel channel = RelayChannel.Open(
            client, new RelayChannelOptions { Dialect = dialect });
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
                Assert.Equal(WithoutTheFault(Hex(entry)), await remote.ReceiveHexAsync());
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

    /// <summary>
    /// The seed's relay hands a peer to the codec of a list, in signAnnounce and signUnannounce: an empty list then,
    /// whose length lies in nine bytes.
    /// </summary>
    private static string WithoutTheFault(string hex)
    {
        const string Fault = "ff0000000000000000";
        bool isFaulty = hex is ['1', 'a' or 'b', ..] && hex.EndsWith(Fault, StringComparison.Ordinal);
        return isFaulty ? hex[..^Fault.Length] + "00" : hex;
    }

    private static string Hex(JsonElement entry) => entry.GetProperty("hex").GetString()!;

    private static JsonElement Vector(RelayDialect dialect, string name) =>
        Files[dialect].All().Single(v => v.Name() == name);
}
