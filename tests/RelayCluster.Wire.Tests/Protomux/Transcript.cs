using System.Text.Json;

namespace RelayCluster.Wire.Tests.Protomux;

/// <summary>Two muxers whose frames must be those of a transcript, in its order.</summary>
internal sealed class Transcript(JsonElement vector)
{
    private readonly Queue<JsonElement> _entries = new(vector.GetProperty("entries").EnumerateArray());
    private readonly Queue<string> _fromA = new();
    private readonly Queue<string> _fromB = new();

    public MuxUnderTest A { get; } = new();

    public MuxUnderTest B { get; } = new();

    /// <summary>The frame that is expected next.</summary>
    public string NextHex => _entries.Peek().GetProperty("hex").GetString()!;

    /// <summary>Moves the next frame of one side to the other.</summary>
    public void Deliver(char from)
    {
        JsonElement entry = _entries.Dequeue();
        Assert.Equal(from.ToString(), entry.GetProperty("from").GetString());
        (Queue<string> frames, MuxUnderTest sender, MuxUnderTest receiver) =
            from == 'a' ? (_fromA, A, B) : (_fromB, B, A);
        sender.Drain();
        foreach (string frame in sender.TakeSends())
        {
            frames.Enqueue(frame);
        }

        Assert.Equal(entry.GetProperty("hex").GetString(), frames.Peek());
        receiver.Receive(frames.Dequeue());
    }

    public void AssertEnd()
    {
        Assert.Empty(_entries);
        Assert.Empty(_fromA);
        Assert.Empty(_fromB);
        Assert.Empty(A.TakeSends());
        Assert.Empty(B.TakeSends());
    }
}
