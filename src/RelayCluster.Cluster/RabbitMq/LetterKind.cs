namespace RelayCluster.Cluster.RabbitMq;

/// <summary>What a message between two nodes is for.</summary>
internal enum LetterKind
{
    /// <summary>A broadcast.</summary>
    Tell,

    /// <summary>To who is asked: a request.</summary>
    Ask,

    /// <summary>To the asker: a reply; more may follow.</summary>
    Reply,

    /// <summary>To the asker: that was all.</summary>
    End,

    /// <summary>To the asker: it failed, as the subject says, in the words of the body if there are any.</summary>
    Fail,

    /// <summary>To the asker: still at it.</summary>
    Life,

    /// <summary>To who is asked: the asker has taken some replies, more may come.</summary>
    More,

    /// <summary>To who is asked: nobody waits for it any more.</summary>
    Cancel,

    /// <summary>To who is asked: nothing; it comes back to its sender if the node is gone.</summary>
    Poke,
}
