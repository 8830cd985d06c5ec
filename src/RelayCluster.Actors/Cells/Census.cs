namespace RelayCluster.Actors.Cells;

/// <summary>How many actors there are, and the mail that waits for them, at about one moment.</summary>
internal record struct Census
{
    public int Actors;

    /// <summary>Messages in all mailboxes.</summary>
    public int Waiting;

    /// <summary>Messages in the fullest mailbox.</summary>
    public int Deepest;
}
