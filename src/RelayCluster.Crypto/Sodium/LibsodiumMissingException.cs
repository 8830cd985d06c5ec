namespace RelayCluster.Crypto.Sodium;

/// <summary>The machine has no libsodium. The message is one line that says how to install it.</summary>
public sealed class LibsodiumMissingException : DllNotFoundException
{
    private const string Advice = "libsodium is not installed; on Debian and Ubuntu: apt-get install libsodium23";

    /// <summary>The library was found under none of its names.</summary>
    public LibsodiumMissingException()
        : base(Advice)
    {
    }

    /// <summary>The library is unusable, for the reason told.</summary>
    public LibsodiumMissingException(string message)
        : base(message)
    {
    }

    /// <summary>The library is unusable, as another error says.</summary>
    public LibsodiumMissingException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
