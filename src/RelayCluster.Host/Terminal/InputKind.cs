namespace RelayCluster.Host.Terminal;

/// <summary>What stands behind standard input; it decides whether its end is worth waiting for.</summary>
internal enum InputKind
{
    /// <summary>A person, who types when they like.</summary>
    Terminal,

    /// <summary>Another program, or a device; whether and when it ends nobody knows.</summary>
    Pipe,

    /// <summary>A file, which is read to its end without a wait.</summary>
    File,
}
