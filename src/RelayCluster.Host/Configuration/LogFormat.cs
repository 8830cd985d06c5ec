namespace RelayCluster.Host.Configuration;

/// <summary>How a log line looks.</summary>
internal enum LogFormat
{
    Text,
    Json,
}
