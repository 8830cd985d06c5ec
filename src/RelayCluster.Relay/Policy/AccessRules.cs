namespace RelayCluster.Relay.Policy;

/// <summary>Who is let in, of a kind: those on the first list, or all if it is empty; never those on the second.</summary>
/// <typeparam name="T">What the lists are of.</typeparam>
public sealed class AccessRules<T>
{
    /// <summary>The only ones that are let in; empty, as by default: all.</summary>
    public IReadOnlyList<T> Allow { get; set; } = [];

    /// <summary>Those that are not let in, whatever the other list says; by default nobody.</summary>
    public IReadOnlyList<T> Deny { get; set; } = [];
}
