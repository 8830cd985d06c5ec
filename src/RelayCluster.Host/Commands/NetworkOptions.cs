using System.CommandLine;
using System.Net;
using RelayCluster.Dht.Hyper;
using RelayCluster.Host.Access;
using RelayCluster.Host.Hosting;

namespace RelayCluster.Host.Commands;

/// <summary>
/// The options that say how a command gets to the DHT: by a node of its own, or through a relay. They are the same for
/// all commands.
/// </summary>
internal sealed class NetworkOptions
{
    private readonly Option<IReadOnlyList<BootstrapNode>> _bootstrap = ArgumentFormats.BootstrapNode.ListOption(
        "--bootstrap", "host:port", "Node of the DHT to ask first; may be repeated [HyperDHT's public nodes]");

    private readonly Option<IPAddress?> _host = ArgumentFormats.DhtAddress.Option(
        "--dht-host", "address", "IPv4 address of the DHT node [0.0.0.0]");

    private readonly Option<int> _port = ArgumentFormats.Port.Option(
        "--dht-port", "port", "UDP port of the DHT node; 0: any free one [0]");

    private NetworkOptions()
    {
    }

    /// <summary>Gives a command these options.</summary>
    public static NetworkOptions AddTo(Command command)
    {
        var options = new NetworkOptions();
        foreach (Option option in (Option[])[options._bootstrap, options._host, options._port])
        {
            command.Add(option);
        }

        return options;
    }

    /// <summary>How to get to the DHT; nothing has happened yet.</summary>
    public IDhtMembership Read(ParseResult commandLine)
    {
        IReadOnlyList<BootstrapNode> bootstrap = commandLine.GetValue(_bootstrap) ?? [];
        return new DirectMembership(new DhtNodeOptions
        {
            Bootstrap = bootstrap.Count == 0 ? BootstrapNode.Public : bootstrap,
            Host = commandLine.GetValue(_host) ?? IPAddress.Any,
            Port = commandLine.GetValue(_port),
        });
    }
}
