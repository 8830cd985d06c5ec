using System.Runtime.CompilerServices;
using RelayCluster.Dht;

namespace RelayCluster.Relay.Lookups;

/// <summary>One asker's place in a <see cref="SharedAnswer"/>; it leaves when disposed.</summary>
internal sealed class AnswerReader(SharedAnswer answer) : IDisposable
{
    /// <summary>How many replies it has read. Only the answer touches it, in its lock.</summary>
    public int Position { get; set; }

    /// <summary>The replies from the first on; once only.</summary>
    /// <exception cref="DhtException">What the query failed at.</exception>
    public async IAsyncEnumerable<LookupReply> ReadAllAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (answer.TryRead(this, out Task? wait) is { } reply)
            {
                yield return reply;
            }
            else if (wait is not null)
            {
                await wait.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            else
            {
                yield break;
            }
        }
    }

    public void Dispose() => answer.Detach(this);
}
