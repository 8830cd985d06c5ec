namespace RelayCluster.Host.Configuration;

/// <summary>The option is, or may contain, a secret: what it is set to is not logged, nor repeated in a fault.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SecretAttribute : Attribute;
