namespace RelayCluster.Host.Configuration;

/// <summary>The least and the most that an option may be, both allowed, written as in a configuration file.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class BetweenAttribute : Attribute
{
    public BetweenAttribute(string least, string most)
    {
        Least = least;
        Most = most;
    }

    public string Least { get; }

    public string Most { get; }
}
