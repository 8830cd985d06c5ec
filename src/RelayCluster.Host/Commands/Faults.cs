using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using RelayCluster.Cluster.Fabric;
using RelayCluster.Crypto.Sodium;
using RelayCluster.Dht;
using RelayCluster.Host.Administration;
using RelayCluster.Host.Forwarding;
using RelayCluster.Host.Hocon;
using RelayCluster.Host.Hosting;

namespace RelayCluster.Host.Commands;

/// <summary>
/// Which failures are the user's to mend, and how they are told: a line each, saying what would be right.
/// </summary>
internal static class Faults
{
    /// <summary>The lines for a failure; null if it is a fault of the program, which shows where it happened.</summary>
    public static IReadOnlyList<string>? Explain(Exception exception) => exception switch
    {
        OptionsValidationException invalid => [.. invalid.Failures],
        HoconException or LibsodiumMissingException or StartupException or MisuseException or ConnectionException
            or DhtException or AdminClientException or FabricException => [exception.Message],
        TypeInitializationException { InnerException: { } inner } => Explain(inner),
        IOException { InnerException: AddressInUseException } =>
            [$"{exception.Message.TrimEnd('.')}; --ws-port and --tcp-port choose another port, 0 any free one"],
        SocketException { SocketErrorCode: SocketError.AddressNotAvailable } =>
            ["cannot listen on that address; --host needs one that this machine has"],
        SocketException { SocketErrorCode: SocketError.AccessDenied } =>
            ["not allowed to listen on that port; --ws-port and --tcp-port need ports from 1024 up for this user"],
        _ => null,
    };

    /// <summary>Whether the command line or the configuration is wrong, and not the machine.</summary>
    public static bool IsMisuse(Exception exception) =>
        exception is OptionsValidationException or HoconException or MisuseException;
}
