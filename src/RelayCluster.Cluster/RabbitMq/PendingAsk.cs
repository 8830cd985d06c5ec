using System.Threading.Channels;
using RelayCluster.Cluster.Fabric;

namespace RelayCluster.Cluster.RabbitMq;

/// <summary>An ask that is not answered to its end: what has come of it, and when the last sign came.</summary>
internal sealed class PendingAsk(long number, string subject, long now)
{
    /// <summary>
    /// Without a bound of its own: the one who answers sends no more than <see cref="AnswerTable.Window"/> before it
    /// hears that they were taken.
    /// </summary>
    private readonly Channel<Letter> _letters = Channel.CreateUnbounded<Letter>(
        new UnboundedChannelOptions { SingleReader = true });

    private long _heardAt = now;

    public long Number => number;

    public string Subject => subject;

    /// <summary>The node that answers; null until it was heard of.</summary>
    public string? Answerer { get; private set; }

    /// <summary>When something was heard last, as a timestamp.</summary>
    public long HeardAt => Volatile.Read(ref _heardAt);

    public ChannelReader<Letter> Letters => _letters.Reader;

    public void Hear(Letter letter, long now)
    {
        Answerer = letter.From;
        Volatile.Write(ref _heardAt, now);
        if (letter.Kind != LetterKind.Life)
        {
            _letters.Writer.TryWrite(letter);
        }
    }

    /// <summary>Nothing more can come; what has come is still read.</summary>
    public void Fail(FabricError error) => _letters.Writer.TryComplete(FabricFailure.Of(error, Answerer, Subject));
}
