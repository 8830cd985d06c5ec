namespace RelayCluster.Cluster.Membership;

/// <summary>
/// A node of the fleet appeared, or stands otherwise than before. One that was started anew before anybody missed it is
/// told as down first, and then as a new one.
/// </summary>
/// <param name="Before">How it stood; null if it was not known, or is another start of the node.</param>
/// <param name="Now">How it stands.</param>
public sealed record MemberChange(Member? Before, Member Now)
{
    /// <summary>Its name.</summary>
    public string Name => Now.Name;

    /// <summary>Whether it is gone, and with it all that was known through it.</summary>
    public bool IsDown => Now.State == MemberState.Down;
}
