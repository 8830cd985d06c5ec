using System.Text.Json;
using RelayCluster.Udx.Packets;
using RelayCluster.Udx.Streams;
using RelayCluster.Udx.Tests.Simulation;
using RelayCluster.Vectors;

namespace RelayCluster.Udx.Tests.Packets;

/// <summary>What udx-native 1.21.3 sent, taken down between two of its streams (tests/vectors/udx.json).</summary>
public sealed class UdxVectorTests
{
    private static readonly VectorFile File = VectorFile.Load("udx.json");

    public static TheoryData<string> Names() => [.. File.All().Select(vector => vector.Name())];

    [Theory]
    [MemberData(nameof(Names))]
    public void Headers_are_read_and_written_byte_for_byte(string name)
    {
        foreach (JsonElement packet in Packets(name))
        {
            byte[] bytes = Bytes(packet);
            JsonElement expected = packet.GetProperty("header");

            Assert.True(PacketHeader.TryRead(bytes, out PacketHeader header));

            Assert.Equal(expected.GetProperty("type").GetInt32(), (int)header.Types);
            Assert.Equal(expected.GetProperty("dataOffset").GetInt32(), header.DataOffset);
            Assert.Equal(expected.GetProperty("remoteId").GetUInt32(), header.StreamId);
            Assert.Equal(expected.GetProperty("rwnd").GetUInt32(), header.ReceiveWindow);
            Assert.Equal(expected.GetProperty("seq").GetUInt32(), header.Sequence.Value);
            Assert.Equal(expected.GetProperty("ack").GetUInt32(), header.Ack.Value);
            byte[] written = new byte[PacketHeader.Size];
            header.Write(written);
            Assert.Equal(bytes[..PacketHeader.Size], written);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Sack_ranges_are_read_and_written_byte_for_byte(string name)
    {
        foreach (JsonElement packet in Packets(name))
        {
            if (!packet.GetProperty("header").TryGetProperty("sacks", out JsonElement expected))
            {
                continue;
            }

            byte[] bytes = Bytes(packet);
            Assert.True(PacketHeader.TryRead(bytes, out PacketHeader header));
            Assert.True(header.TrySplitBody(bytes.AsSpan(PacketHeader.Size), out ReadOnlySpan<byte> sacks, out _));
            foreach (JsonElement range in expected.EnumerateArray())
            {
                byte[] start = sacks[..SackRange.Size].ToArray();
                Assert.True(SackRange.TryRead(ref sacks, out SackRange read));
                Assert.Equal(range.GetProperty("start").GetUInt32(), read.Start.Value);
                Assert.Equal(range.GetProperty("end").GetUInt32(), read.End.Value);
                byte[] written = new byte[SackRange.Size];
                read.Write(written);
                Assert.Equal(start, written);
            }

            Assert.True(sacks.IsEmpty);
        }
    }

    // Fed with what came through from one side, our machine in the place of the other reads what the reference read, and
    // acknowledges as much.
    [Theory]
    [MemberData(nameof(Names))]
    public void Our_machine_reads_what_the_reference_read(string name)
    {
        JsonElement vector = File.All().Single(v => v.Name() == name);
        if (vector.TryGetProperty("packetsLeftOut", out _))
        {
            return;
        }

        foreach ((string from, string readBy) in new[] { ("a", "readByB"), ("b", "readByA") })
        {
            List<byte[]> datagrams = [.. Packets(name)
                .Where(p => p.GetProperty("from").ValueEquals(from) && !p.Is("dropped"))
                .Select(Bytes)];
            if (datagrams.Count == 0)
            {
                continue;
            }

            PacketHeader.TryRead(datagrams[0], out PacketHeader first);
            var side = new Side(new UdxStreamOptions
            {
                InitialSequence = first.Ack.Value,
                InitialRemoteSequence = first.Sequence.Value,
            });
            side.Machine.Connect(TimeSpan.Zero, 1);
            foreach (byte[] datagram in datagrams)
            {
                // The recorded acknowledgements answer packets that this machine never sent.
                new SequenceNumberPatch(first.Ack).Apply(datagram);
                side.Machine.HandleDatagram(TimeSpan.Zero, datagram);
                side.Machine.FlushInput();
                side.RunApplication(TimeSpan.Zero);
            }

            Assert.Equal(vector.Hex(readBy), side.Received.WrittenSpan);
        }
    }

    private static List<JsonElement> Packets(string name) =>
        [.. File.All().Single(vector => vector.Name() == name).GetProperty("packets").EnumerateArray()];

    private static byte[] Bytes(JsonElement packet) => packet.HexOrNull("hex") ?? packet.Hex("hexStart");
}
