using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using RelayCluster.Actors;
using RelayCluster.Cluster.Administration;
using RelayCluster.Cluster.Connections;
using RelayCluster.Cluster.Connections.Sockets;
using RelayCluster.Cluster.Directory;
using RelayCluster.Cluster.Fabric;
using RelayCluster.Cluster.Local;
using RelayCluster.Cluster.Lookups;
using RelayCluster.Cluster.Membership;
using RelayCluster.Cluster.Placement;
using RelayCluster.Relay;
using RelayCluster.Relay.Directory;

namespace RelayCluster.Cluster;

/// <summary>
/// One node of a fleet, put together: the fabric that joins it to the others, and all that is done over it. It is made
/// before the relay, started before it serves, told when it does, and disposed after it.
/// <code>
/// made -> StartAsync: joining -> ServeAsync: up, or draining -> disposed: the others see it as down
/// </code>
/// </summary>
public sealed class ClusterNode : IAsyncDisposable
{
    private readonly IFabric _fabric;
    private readonly ClusterMetrics _metrics;
    private readonly FleetDirectory? _directory;
    private readonly TimeProvider _timeProvider;
    private bool _isStarted;

    /// <summary>A node that has not joined yet.</summary>
    /// <param name="fabric">What joins it to the others, not started; taken over.</param>
    /// <param name="options">Read once, here.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="loggerFactory">Where the node logs.</param>
    /// <param name="meterFactory">
    /// Where the meter <c>RelayCluster.Cluster</c> comes from; null for one of its own.
    /// </param>
    public ClusterNode(
        IFabric fabric,
        ClusterNodeOptions options,
        TimeProvider timeProvider,
        ILoggerFactory loggerFactory,
        IMeterFactory? meterFactory = null)
    {
        ArgumentNullException.ThrowIfNull(fabric);
        ArgumentNullException.ThrowIfNull(options);
        _fabric = fabric;
        _timeProvider = timeProvider;
        var status = new NodeStatus
        {
            Name = fabric.NodeName,
            Instance = Guid.NewGuid().ToString("N"),
            Version = options.Version,
            State = MemberState.Joining,
        };
        _metrics = new ClusterMetrics(meterFactory);
        Fleet = new Fleet(fabric, status, timeProvider, loggerFactory);
        Connections = new NodeConnections(
            fabric, CreateTransport(fabric, options.Connections, timeProvider), options.Connections, timeProvider,
            loggerFactory);
        Placement = new SessionPlacement(
            fabric, Connections, () => Fleet.Members, options.Placement, _metrics, timeProvider, loggerFactory);
        Lookups = new FleetLookups(
            fabric,
            options.Lookups,
            new ActorSystemOptions { TimeProvider = timeProvider },
            loggerFactory,
            _metrics,
            meterFactory);
        _directory = options.Shortcut
            ? new FleetDirectory(fabric, Fleet, Connections, timeProvider, loggerFactory)
            : null;
        Measure(static () => NodeLoad.None);
        Drain = new NodeDrain(AnnounceAsync, loggerFactory);
        Administration = new FleetAdministration(fabric, Fleet, Drain);
    }

    /// <summary>Its name, unique in the fleet.</summary>
    public string Name => _fabric.NodeName;

    /// <summary>What joins it to the others.</summary>
    public IFabric Fabric => _fabric;

    /// <summary>Who is in the fleet.</summary>
    public Fleet Fleet { get; }

    /// <summary>Direct connections between the nodes.</summary>
    public NodeConnections Connections { get; }

    /// <summary>Where clients' sessions live.</summary>
    public SessionPlacement Placement { get; }

    /// <summary>Whether this node takes sessions.</summary>
    public NodeDrain Drain { get; }

    /// <summary>What operators can ask and have done.</summary>
    public FleetAdministration Administration { get; }

    /// <summary>Lookups that the fleet shares.</summary>
    public FleetLookups Lookups { get; }

    /// <summary>The servers of the fleet's clients; null if they are to be found through the DHT only.</summary>
    public IServerDirectory? Directory => _directory;

    /// <summary>Joins the fleet.</summary>
    /// <exception cref="FabricException">The name is taken, or the engine refuses this node.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await Connections.StartAsync(cancellationToken).ConfigureAwait(false);
        await _fabric.StartAsync(cancellationToken).ConfigureAwait(false);
        _isStarted = true;
        await Fleet.UpdateAsync(status => status with { SpliceAddress = Connections.Address }, cancellationToken)
            .ConfigureAwait(false);
        await Fleet.StartAsync(cancellationToken).ConfigureAwait(false);
        _directory?.Start();
    }

    /// <summary>The relay of this node serves from now on, unless the node is draining already.</summary>
    public Task ServeAsync(RelayServer relay, CancellationToken cancellationToken)
    {
        Measure(new RelayLoad(() => relay.Activity, _timeProvider).Measure);
        Administration.Serve(relay);
        return Drain.ServeAsync(relay, cancellationToken);
    }

    /// <summary>Leaves the fleet, and says so.</summary>
    public async ValueTask DisposeAsync()
    {
        await Drain.DisposeAsync().ConfigureAwait(false);
        if (_directory is not null)
        {
            await _directory.DisposeAsync().ConfigureAwait(false);
        }

        if (_isStarted)
        {
            _isStarted = false;
            await Fleet.DisposeAsync().ConfigureAwait(false);
        }

        await Connections.DisposeAsync().ConfigureAwait(false);
        await Lookups.DisposeAsync().ConfigureAwait(false);
        await _fabric.DisposeAsync().ConfigureAwait(false);
        _metrics.Dispose();
    }

    /// <summary>Where the numbers come from that the fleet is told each second, but for those of placement.</summary>
    private void Measure(Func<NodeLoad> load) => Fleet.Measure(() => Placement.Measure(load()));

    private static INodeTransport CreateTransport(
        IFabric fabric,
        NodeConnectionOptions options,
        TimeProvider timeProvider) => fabric is LocalFabric local
            ? local.Hub.Lines.Join(fabric.NodeName)
            : new SocketTransport(options, timeProvider);

    /// <summary>Tells the fleet how this node stands.</summary>
    internal async Task AnnounceAsync(MemberState state, CancellationToken cancellationToken)
    {
        try
        {
            await Placement.TakeSessionsAsync(state == MemberState.Up, cancellationToken).ConfigureAwait(false);
            await Lookups.OwnTopicsAsync(state == MemberState.Up, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await Fleet.UpdateAsync(status => status with { State = state }, cancellationToken).ConfigureAwait(false);
        }
    }
}
