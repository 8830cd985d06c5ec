using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using RelayCluster.Cluster.Fabric;
using RelayCluster.Cluster.Membership;

namespace RelayCluster.Cluster;

/// <summary>
/// One node of a fleet, put together: the fabric that joins it to the others, and all that is done over it. It is made
/// before the relay, started before it serves, told when it does, and disposed after it.
/// <code>
/// made -> StartAsync: joining -> AnnounceAsync(Up) -> AnnounceAsync(Draining) -> disposed: the others see it as down
/// </code>
/// </summary>
public sealed class ClusterNode : IAsyncDisposable
{
    private readonly IFabric _fabric;
    private bool _isStarted;

    /// <summary>A node that has not joined yet.</summary>
    /// <param name="fabric">What joins it to the others, not started; taken over.</param>
    /// <param name="options">Read once, here.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="loggerFactory">Where the node logs.</param>
    /// <param name="meterFactory">Where the meter <c>RelayCluster.Cluster</c> comes from; null for one of its own.</param>
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
        var status = new NodeStatus
        {
            Name = fabric.NodeName,
            Instance = Guid.NewGuid().ToString("N"),
            Version = options.Version,
            State = MemberState.Joining,
        };
        Fleet = new Fleet(fabric, status, timeProvider, loggerFactory);
    }

    /// <summary>Its name, unique in the fleet.</summary>
    public string Name => _fabric.NodeName;

    /// <summary>What joins it to the others.</summary>
    public IFabric Fabric => _fabric;

    /// <summary>Who is in the fleet.</summary>
    public Fleet Fleet { get; }

    /// <summary>Joins the fleet.</summary>
    /// <exception cref="FabricException">The name is taken, or the engine refuses this node.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _fabric.StartAsync(cancellationToken).ConfigureAwait(false);
        _isStarted = true;
        await Fleet.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Tells the fleet how this node stands.</summary>
    public Task AnnounceAsync(MemberState state, CancellationToken cancellationToken) =>
        Fleet.UpdateAsync(status => status with { State = state }, cancellationToken);

    /// <summary>Leaves the fleet, and says so.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isStarted)
        {
            _isStarted = false;
            await Fleet.DisposeAsync().ConfigureAwait(false);
        }

        await _fabric.DisposeAsync().ConfigureAwait(false);
    }
}
