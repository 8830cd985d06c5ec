namespace RelayCluster.Wire.Protomux;

/// <summary>
/// Tells the generation of a muxer from the first frame that it sends, for who serves both. The first message of
/// either generation opens something, alone or at the head of a batch, and so they never begin alike:
/// <code>
/// 00 01 ...    generation 3: a message of channel 0, an open
/// 00 00 ...    generation 3: a message of channel 0, a batch
/// 01 ...       generation 2: an add
/// 00 NN ...    generation 2: a batch, whose first entry, an add, has NN bytes, 6 or more
/// 00           generation 2: a batch of nothing
/// </code>
/// </summary>
public static class FirstFrame
{
    // its type, a name of no bytes, two numbers of the version, the offset and the length
    private const byte MinAddBytes = 6;

    /// <summary>The generation of the frame's sender; false if it is of neither, or the frame is empty.</summary>
    public static bool TryRecognize(ReadOnlySpan<byte> frame, out MuxGeneration generation)
    {
        switch (frame)
        {
            case [0, 0 or 1, ..]:
                generation = MuxGeneration.Third;
                return true;
            case [0] or [0, >= MinAddBytes, ..] or [1, ..]:
                generation = MuxGeneration.Second;
                return true;
            default:
                generation = default;
                return false;
        }
    }
}
