namespace RelayCluster.Actors;

/// <summary>How one actor is set up.</summary>
public sealed class ActorOptions
{
    /// <summary>
    /// How many messages the mailbox holds before senders wait; at least 1, by default 64. Small: a mailbox is for
    /// decoupling two turns, and what piles up in it is latency and memory.
    /// </summary>
    public int MailboxCapacity { get; set; } = 64;
}
