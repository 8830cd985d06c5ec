using System.Text.Json;

namespace RelayCluster.Wire.Tests.Protomux.Generation2;

/// <summary>Two muxers whose frames must be those of a transcript, in its order.</summary>
internal sealed class Transcript(JsonElement vector)
{
    private readonly Queue<JsonElement> _entries = new(vector.GetProperty("entries").EnumerateArray());

    public ProtocolMuxUnderTest A { get; } = new();

    public ProtocolMuxUnderTest B { get; } = new();

    /// <summary>The frame that is expected next.</summary>
    public string NextHex => Hex(_entries.Peek());

    /// <summary>Moves the only frame of one side to the other.</summary>
    public void Deliver(char from)
    {
        JsonElement entry = _entries.Dequeue();
        Assert.Equal(from, From(entry));
        (ProtocolMuxUnderTest sender, ProtocolMuxUnderTest receiver) = from == 'a' ? (A, B) : (B, A);
        string frame = Assert.Single(sender.TakeSends());
        Assert.Equal(Hex(entry), frame);
        receiver.Receive(frame);
    }

    /// <summary>Moves the frames of both sides, which are those that are left, each side's in their order.</summary>
    public void DeliverInAnyOrder()
    {
        ILookup<char, string> expected = _entries.ToLookup(From, Hex);
        string[] fromA = A.TakeSends();
        Assert.Equal(expected['a'], fromA);
        Array.ForEach(fromA, B.Receive);
        string[] fromB = B.TakeSends();
        Assert.Equal(expected['b'], fromB);
        Array.ForEach(fromB, A.Receive);
        _entries.Clear();
        AssertEnd();
    }

    public void AssertEnd()
    {
        Assert.Empty(_entries);
        Assert.Empty(A.TakeSends());
        Assert.Empty(B.TakeSends());
    }

    private static char From(JsonElement entry) => entry.GetProperty("from").GetString()![0];

    private static string Hex(JsonElement entry) => entry.GetProperty("hex").GetString()!;
}
