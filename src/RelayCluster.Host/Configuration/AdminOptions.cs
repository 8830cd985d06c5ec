using System.Net;

namespace RelayCluster.Host.Configuration;

/// <summary>Where operators ask and command; <c>docs/admin.md</c> has the routes.</summary>
internal sealed class AdminOptions
{
    /// <summary>The address that operators connect to.</summary>
    public IPAddress Host { get; set; } = IPAddress.Loopback;

    /// <summary>The port for operators; none unless it is set.</summary>
    public PortOrOff Port { get; set; }

    /// <summary>What operators have to show; needed everywhere but on loopback.</summary>
    [Secret]
    public string Token { get; set; } = "";

    /// <summary>A file with the token instead.</summary>
    public string TokenFile { get; set; } = "";
}
