namespace RelayCluster.Crypto.SecretStreams;

/// <summary>Which secret stream is spoken. They differ in nothing but the stream id in the header.</summary>
public enum StreamGeneration
{
    /// <summary>As @hyperswarm/secret-stream 6 speaks it.</summary>
    Current,

    /// <summary>As version 5 spoke it, below the seed's dialect of the relay protocol.</summary>
    Version5,
}
