namespace RelayCluster.Host.Commands;

/// <summary>
/// What the user gave is not usable; the message is one line that names it and says what would be. The exit code is 2.
/// </summary>
internal sealed class MisuseException(string message) : Exception(message);
