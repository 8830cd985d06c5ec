using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using RelayCluster.Dht;
using RelayCluster.Dht.Hyper;
using RelayCluster.Host.Access;
using RelayCluster.Host.Configuration;

namespace RelayCluster.Host.Hosting;

/// <summary>A node of our own on the public DHT, or on a private one in this process (<c>--testnet</c>).</summary>
internal sealed partial class DhtMembership : IDhtMembership
{
    private const int TestnetSize = 4;

    private readonly DhtOptions _options;
    private readonly ILoggerFactory _loggerFactory;
    private readonly IMeterFactory _meterFactory;
    private readonly ILogger<DhtMembership> _logger;
    private Testnet? _testnet;
    private DhtNode? _node;
    private Task? _leaving;

    public DhtMembership(
        IOptions<ServeOptions> options,
        ILoggerFactory loggerFactory,
        IMeterFactory meterFactory)
    {
        _meterFactory = meterFactory;
        _options = options.Value.Dht;
        _loggerFactory = loggerFactory;
        _logger = loggerFactory.CreateLogger<DhtMembership>();
    }

    public Task Completion => _node?.Completion ?? Task.CompletedTask;

    public async Task<IDhtNode> JoinAsync(CancellationToken cancellationToken)
    {
        if (_options.Testnet)
        {
            // The others are only its surroundings: they are not logged.
            _testnet = await Testnet.StartAsync(TestnetSize, loggerFactory: null, cancellationToken);
            Log.TestnetStarted(_logger, TestnetSize, string.Join(' ', _testnet.Bootstrap));
        }

        var options = new DhtNodeOptions
        {
            Bootstrap = _testnet?.Bootstrap ?? _options.Bootstrap,
            Host = _options.Host,
            Port = _options.Port,
        };
        _node = await NodeStart.StartAsync(
            options, _loggerFactory, ("--dht-host", "--dht-port"), cancellationToken, _meterFactory);
        Log.Joined(_logger, _node.EndPoint.ToString());
        return _node;
    }

    public ValueTask DisposeAsync() => new(_leaving ??= LeaveAsync());

    // Once: a stop that ran out of time is followed by the container's disposal, while the nodes are still closing.
    private async Task LeaveAsync()
    {
        if (_node is not null)
        {
            await _node.DisposeAsync();
        }

        if (_testnet is not null)
        {
            await _testnet.DisposeAsync();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(9010, LogLevel.Information, "testnet of {Nodes} nodes is up, bootstrap: {Bootstrap}")]
        public static partial void TestnetStarted(ILogger logger, int nodes, string bootstrap);

        [LoggerMessage(9011, LogLevel.Information, "DHT node is up on udp://{EndPoint}")]
        public static partial void Joined(ILogger logger, string endPoint);
    }
}
