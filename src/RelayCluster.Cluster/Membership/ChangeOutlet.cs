namespace RelayCluster.Cluster.Membership;

/// <summary>
/// Changes on their way to those who listen: in the order in which they were seen, one after the other, whichever threads
/// see them. What a listener causes by listening comes after what it listens to.
/// </summary>
internal sealed class ChangeOutlet
{
    private readonly Lock _lock = new();
    private readonly Queue<MemberChange> _changes = new();
    private bool _isTelling;

    public void Add(MemberChange change)
    {
        lock (_lock)
        {
            _changes.Enqueue(change);
        }
    }

    /// <summary>Tells all there are, unless somebody is at it, who then tells these too.</summary>
    public void TellAll(Action<MemberChange> tell)
    {
        while (Take() is { } change)
        {
            try
            {
                tell(change);
            }
            finally
            {
                lock (_lock)
                {
                    _isTelling = false;
                }
            }
        }
    }

    private MemberChange? Take()
    {
        lock (_lock)
        {
            if (_isTelling || !_changes.TryDequeue(out MemberChange? change))
            {
                return null;
            }

            _isTelling = true;
            return change;
        }
    }
}
