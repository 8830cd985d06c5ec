namespace RelayCluster.Actors.TestKit;

/// <summary>What a test expected did not happen.</summary>
public sealed class ExpectationException : Exception
{
    /// <summary>An unmet expectation without words.</summary>
    public ExpectationException()
    {
    }

    /// <summary>What was expected, and what came instead.</summary>
    public ExpectationException(string message)
        : base(message)
    {
    }

    /// <summary>What was expected, and the error that stood in its way.</summary>
    public ExpectationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
