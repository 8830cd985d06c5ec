using System.CommandLine;
using RelayCluster.Host.Configuration;
using RelayCluster.Host.Hocon;
using RelayCluster.Host.Hosting;

namespace RelayCluster.Host.Commands;

/// <summary>
/// <c>relay serve</c>. Its options are the topmost layer of the configuration: they are taken as text, and read,
/// checked and complained about like those of every other layer.
/// </summary>
internal static class ServeCommand
{
    private static readonly string[] Examples =
    [
        "relay serve --testnet                    try it offline, with a private DHT",
        "relay serve --host 0.0.0.0               serve others, on the public DHT",
        "relay serve --config hocon/relay.conf    that file explains all options",
    ];

    private static readonly (string Name, string Key, string Value, string Description)[] Values =
    [
        ("--host", "host", "address", "Address that clients connect to [127.0.0.1]"),
        ("--ws-port", "ws-port", "port", "Port for WebSocket clients and /health; 0: any free one [49443]"),
        ("--tcp-port", "tcp-port", "port", "Port for TCP clients; 0: any free one [49444]"),
        ("--dht-host", "dht.host", "address", "IPv4 address of the DHT node [0.0.0.0]"),
        ("--dht-port", "dht.port", "port", "UDP port of the DHT node; 0: any free one [0]"),
        ("--node-name", "cluster.node-name", "name", "Name of this node, unique in its fleet [the machine's]"),
        ("--fabric", "cluster.fabric", "kind", "What joins the nodes of the fleet: local, rabbitmq [local]"),
        ("--rabbitmq", "cluster.rabbitmq", "URI", "Broker that joins them [amqp://guest:guest@127.0.0.1:5672]"),
        ("--placement", "cluster.placement", "kind", "Where sessions live: local, sharded, balanced [balanced]"),
        ("--splice-host", "cluster.splice.host", "address", "Address that other nodes reach this one by [127.0.0.1]"),
        ("--splice-port", "cluster.splice.port", "port", "Port for other nodes; 0: any free one [0]"),
        ("--admin-host", "admin.host", "address", "Address that operators connect to [127.0.0.1]"),
        ("--admin-port", "admin.port", "port", "Port for operators; 0: any free one, off: none [off]"),
        ("--admin-token", "admin.token", "token", "What operators have to show; others see it in the process list: "
            + "RELAY_ADMIN__TOKEN and admin.token-file are better"),
        ("--drain-timeout", "drain-timeout", "duration", "How long sessions may live after SIGTERM [0s]"),
    ];

    public static Command Create()
    {
        var command = new Command("serve", "Runs a relay until it is told to end (Ctrl+C, SIGTERM).")
        {
            ExampleHelp.Of(Examples),
        };
        Dictionary<string, Option<string?>> values = Values.ToDictionary(
            value => value.Key,
            value => new Option<string?>(value.Name) { HelpName = value.Value, Description = value.Description });
        var bootstrap = new Option<string[]>("--bootstrap")
        {
            HelpName = "host:port",
            Description = "Node of the DHT to ask first; may be repeated [HyperDHT's public nodes]",
        };
        var testnet = new Option<bool>("--testnet")
        {
            Description = "Start a private DHT of four nodes in this process, and join that",
        };
        Option<string?> config = ArgumentFormats.File.Option(
            "--config", "file", "HOCON file with options; this command line and RELAY_... variables go over it");

        foreach (Option option in (Option[])[.. values.Values, bootstrap, testnet, config])
        {
            command.Add(option);
        }

        command.SetAction((commandLine, cancellationToken) =>
        {
            var layer = new SettingLayer();
            foreach ((string key, Option<string?> option) in values)
            {
                Add(layer, key, commandLine.GetValue(option), option);
            }

            string[] nodes = commandLine.GetValue(bootstrap) ?? [];
            Add(layer, "dht.bootstrap", nodes.Length == 0 ? null : string.Join(',', nodes), bootstrap);
            Add(layer, "dht.testnet", commandLine.GetValue(testnet) ? "true" : null, testnet);
            return RelayApplication.RunAsync(Configure(layer, commandLine.GetValue(config)), cancellationToken);
        });
        return command;
    }

    private static void Add(SettingLayer layer, string key, string? text, Option option)
    {
        if (text is not null)
        {
            layer.Add(ServeSettings.Get(key), text, option.Name);
        }
    }

    private static IConfigurationRoot Configure(SettingLayer commandLine, string? file)
    {
        var builder = new ConfigurationBuilder();
        if (file is not null)
        {
            builder.Add(new HoconConfigurationSource { File = file });
        }

        return builder
            .Add(EnvironmentLayer.Read(Environment.GetEnvironmentVariables()))
            .Add(commandLine)
            .Build();
    }
}
