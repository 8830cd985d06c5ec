namespace RelayCluster.Host.Administration;

/// <summary>Why the admin endpoint did not do what it was asked.</summary>
/// <param name="Error">A word for programs.</param>
/// <param name="Message">A line for people.</param>
internal sealed record AdminFault(string Error, string Message);
