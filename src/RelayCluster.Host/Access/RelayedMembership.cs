using RelayCluster.Client;
using RelayCluster.Dht;
using RelayCluster.Host.Hosting;
using RelayCluster.Host.Reports;

namespace RelayCluster.Host.Access;

/// <summary>A node behind a relay, for as long as a command runs.</summary>
internal sealed class RelayedMembership : IDhtMembership
{
    private readonly Uri _relay;
    private readonly RelayedDhtOptions _options;
    private readonly Reporter _reporter;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RelayedDht? _node;

    /// <param name="relay">Where the relay is.</param>
    /// <param name="options">How to use it.</param>
    /// <param name="reporter">Who is told when it is lost and found again.</param>
    public RelayedMembership(Uri relay, RelayedDhtOptions options, Reporter reporter)
    {
        _relay = relay;
        _options = options;
        _reporter = reporter;
    }

    public Task Completion => _completion.Task;

    public async Task<IDhtNode> JoinAsync(CancellationToken cancellationToken)
    {
        _node = await RelayedDht.ConnectAsync(_relay, _options, cancellationToken);
        _node.StateChanged += (_, change) => Follow(change);
        return _node;
    }

    public async ValueTask DisposeAsync()
    {
        if (_node is not null)
        {
            await _node.DisposeAsync();
        }
    }

    private void Follow(RelayedDhtStateChangedEventArgs change)
    {
        switch (change.State)
        {
            case RelayedDhtState.Connected:
                _reporter.Tell(new RelayReport(_relay.OriginalString, Connected: true, Reason: null));
                break;
            case RelayedDhtState.Reconnecting:
                _reporter.Tell(new RelayReport(_relay.OriginalString, Connected: false, change.Reason?.Message));
                break;
            case RelayedDhtState.Lost:
                _completion.TrySetException(change.Reason ?? new DhtException(DhtError.RelayLost));
                break;
            default:
                _completion.TrySetResult();
                break;
        }
    }
}
