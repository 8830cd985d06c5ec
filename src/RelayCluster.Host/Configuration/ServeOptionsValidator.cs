using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using RelayCluster.Host.Administration;
using RelayCluster.Host.Telemetry;

namespace RelayCluster.Host.Configuration;

/// <summary>
/// Checks the ranges of all options, and the rules between them, and tells everything that is wrong at once.
/// </summary>
internal sealed partial class ServeOptionsValidator : IValidateOptions<ServeOptions>
{
    private readonly SettingReader _reader;

    public ServeOptionsValidator(SettingReader reader)
    {
        _reader = reader;
    }

    public ValidateOptionsResult Validate(string? name, ServeOptions options)
    {
        List<string> faults = [.. _reader.Fill(new ServeOptions()), .. CheckRanges(options), .. CheckRules(options)];
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private IEnumerable<string> CheckRanges(ServeOptions options) =>
        from setting in ServeSettings.All
        let value = setting.Get(options)
        where !setting.IsInRange(value)
        select _reader.Describe(setting, setting.Format.Write(value));

    private IEnumerable<string> CheckRules(ServeOptions options)
    {
        if (options.WsPort == options.TcpPort && options.WsPort != 0)
        {
            yield return Fault("tcp-port", $"expected another port than ws-port, which is {options.WsPort} too");
        }

        if (options.Heartbeat.Timeout <= options.Heartbeat.Interval)
        {
            yield return Fault("heartbeat.timeout", "expected more than heartbeat.interval");
        }

        if (options.Buffers.SessionBytes < options.Buffers.StreamBytes)
        {
            yield return Fault("buffers.session", "expected at least buffers.stream");
        }

        if (options.Tls.Certificate.Length == 0 != (options.Tls.Key.Length == 0))
        {
            yield return Fault("tls.certificate", "expected both tls.certificate and tls.key, or neither");
        }

        foreach ((string key, bool isOn) in new[]
        {
            ("proxy-protocol.ws", options.ProxyProtocol.Ws),
            ("proxy-protocol.tcp", options.ProxyProtocol.Tcp),
        })
        {
            if (isOn && options.Proxies.Count == 0)
            {
                yield return Fault(key, "expected proxies, the networks from which it is to be believed");
            }
        }

        if (options.Dht.Host.AddressFamily != AddressFamily.InterNetwork)
        {
            yield return Fault("dht.host", "expected an IPv4 address: the DHT has no other");
        }

        if (options.Telemetry.Otlp.Length > 0 && TelemetryServices.ParseCollector(options.Telemetry.Otlp) is null)
        {
            yield return Fault("telemetry.otlp", "expected an address such as http://127.0.0.1:4318, and no password");
        }

        if (options.Dht.Bootstrap.Count == 0 && !options.Dht.Testnet)
        {
            yield return Fault("dht.bootstrap", "expected at least one node, or dht.testnet = true");
        }

        if (options.Cluster.NodeName.Length > 0 && !NodeName().IsMatch(options.Cluster.NodeName))
        {
            yield return Fault("cluster.node-name", "expected up to 64 letters, digits, dots, hyphens and underscores");
        }

        if (options.Cluster.Splice.Host.Length == 0)
        {
            yield return Fault("cluster.splice.host", "expected an address of this machine or a name for it");
        }

        SpliceTlsOptions tls = options.Cluster.Splice.Tls;
        if (new[] { tls.Certificate, tls.Key, tls.Authority }.Select(file => file.Length > 0).Distinct().Count() > 1)
        {
            yield return Fault(
                "cluster.splice.tls.certificate", "expected certificate, key and authority together, or none of them");
        }

        if (options.Admin.Token.Length > 0 && options.Admin.TokenFile.Length > 0)
        {
            yield return Fault("admin.token-file", "expected not to stand beside admin.token");
        }

        if (options.Admin.Token.Length is > 0 and < AdminToken.MinLength)
        {
            yield return Fault("admin.token", $"expected at least {AdminToken.MinLength} characters");
        }

        if (options.Admin is { Port.Number: not null, Token: "", TokenFile: "" }
            && !IPAddress.IsLoopback(options.Admin.Host))
        {
            yield return Fault(
                "admin.host", "expected an admin.token or admin.token-file beside an address that others can reach");
        }

        // From a file, the list is only what the flag goes over; side by side one of them is a mistake.
        if (Origin("dht.testnet") == "--testnet" && Origin("dht.bootstrap") == "--bootstrap")
        {
            yield return Fault("dht.bootstrap", "expected not to stand beside --testnet, which brings its own nodes");
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,64}\z")]
    private static partial Regex NodeName();

    private string Fault(string key, string text) => $"{Origin(key)}: {text}";

    private string Origin(string key) => _reader.GetOrigin(ServeSettings.Get(key));
}
