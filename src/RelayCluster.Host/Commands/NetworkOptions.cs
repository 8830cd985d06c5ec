using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using RelayCluster.Client;
using RelayCluster.Dht.Hyper;
using RelayCluster.Host.Access;
using RelayCluster.Host.Hosting;
using RelayCluster.Host.Reports;

namespace RelayCluster.Host.Commands;

/// <summary>
/// The options that say how a command gets to the DHT: by a node of its own, or through a relay. They are the same for
/// all commands.
/// </summary>
internal sealed class NetworkOptions
{
    private readonly Option<Uri?> _relay = ArgumentFormats.Relay.Option(
        "--relay",
        "url",
        "Go through this relay: ws://host:port, wss://host:port or tcp://host:port [a DHT node here]");

    private readonly Option<bool> _custodial = new("--custodial")
    {
        Description = "Hand the relay the secret key, over ws:// for all to see on the way [the key stays here]",
    };

    private readonly Option<IReadOnlyList<BootstrapNode>> _bootstrap = ArgumentFormats.BootstrapNode.ListOption(
        "--bootstrap", "host:port", "Node of the DHT to ask first; may be repeated [HyperDHT's public nodes]");

    private readonly Option<IPAddress?> _host = ArgumentFormats.DhtAddress.Option(
        "--dht-host", "address", "IPv4 address of the DHT node [0.0.0.0]");

    private readonly Option<int> _port = ArgumentFormats.Port.Option(
        "--dht-port", "port", "UDP port of the DHT node; 0: any free one [0]");

    private readonly bool _reconnects;

    private NetworkOptions(bool reconnects)
    {
        _reconnects = reconnects;
    }

    private Option[] OwnNode => [_bootstrap, _host, _port];

    /// <summary>Gives a command these options.</summary>
    /// <param name="command">The command.</param>
    /// <param name="reconnects">Whether it goes on for long enough that a relay that is lost is sought again.</param>
    public static NetworkOptions AddTo(Command command, bool reconnects)
    {
        var options = new NetworkOptions(reconnects);
        foreach (Option option in (Option[])[options._relay, options._custodial, .. options.OwnNode])
        {
            command.Add(option);
        }

        command.Validators.Add(options.Check);
        return options;
    }

    /// <summary>How to get to the DHT; nothing has happened yet.</summary>
    /// <param name="commandLine">What was given.</param>
    /// <param name="reporter">Who is told what happens on the way.</param>
    public IDhtMembership Read(ParseResult commandLine, Reporter reporter)
    {
        if (commandLine.GetValue(_relay) is { } relay)
        {
            var options = new RelayedDhtOptions
            {
                Custodial = commandLine.GetValue(_custodial),
                Reconnect = _reconnects,
            };
            return new RelayedMembership(relay, options, reporter);
        }

        IReadOnlyList<BootstrapNode> bootstrap = commandLine.GetValue(_bootstrap) ?? [];
        return new DirectMembership(new DhtNodeOptions
        {
            Bootstrap = bootstrap.Count == 0 ? BootstrapNode.Public : bootstrap,
            Host = commandLine.GetValue(_host) ?? IPAddress.Any,
            Port = commandLine.GetValue(_port),
        });
    }

    private void Check(CommandResult command)
    {
        if (!IsGiven(_relay))
        {
            if (IsGiven(_custodial))
            {
                command.AddError("--custodial is about a relay, and there is no --relay");
            }
        }
        else if (OwnNode.FirstOrDefault(IsGiven) is { } superfluous)
        {
            command.AddError($"{superfluous.Name} is about a DHT node here; with --relay there is none");
        }

        bool IsGiven(Option option) => command.GetResult(option) is { Implicit: false };
    }
}
