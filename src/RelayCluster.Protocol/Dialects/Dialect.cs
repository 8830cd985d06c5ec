using RelayCluster.Wire;
using RelayCluster.Wire.Protomux;

namespace RelayCluster.Protocol.Dialects;

/// <summary>Chooses the dialect of a session.</summary>
internal static class Dialect
{
    /// <summary>The client's side.</summary>
    public static IDialect ForClient(RelayDialect dialect, int maxBatchBytes) => dialect switch
    {
        RelayDialect.Hyperswarm => HyperswarmDialect.ForClient(maxBatchBytes),
        RelayDialect.Web4 => Web4Dialect.ForClient(maxBatchBytes),
        _ => throw new ArgumentOutOfRangeException(nameof(dialect), dialect, "There is no such dialect"),
    };

    /// <summary>The relay's side, which tells by the client's first frame; that is still to be handed in.</summary>
    /// <exception cref="ProtocolException">It is of no dialect.</exception>
    public static IDialect ForRelay(ReadOnlySpan<byte> firstFrame, int maxBatchBytes)
    {
        if (!FirstFrame.TryRecognize(firstFrame, out MuxGeneration generation))
        {
            throw new ProtocolException("the client's first frame opens nothing, in no generation of Protomux");
        }

        return generation == MuxGeneration.Second
            ? Web4Dialect.ForRelay(maxBatchBytes)
            : HyperswarmDialect.ForRelay(maxBatchBytes);
    }
}
