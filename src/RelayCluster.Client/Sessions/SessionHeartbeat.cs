using RelayCluster.Dht;
using RelayCluster.Protocol.Channels;
using RelayCluster.Protocol.Messages;

namespace RelayCluster.Client.Sessions;

/// <summary>
/// Tells the relay that this side lives, and notices when the relay does not. The reference's client only answers pings;
/// this one also pings, so that a relay that pings seldom is not taken for dead, and the relay does not take us for dead
/// while we do not read because nobody reads here. Then it sends pongs: they ask for nothing that would have to be read.
/// </summary>
internal sealed class SessionHeartbeat
{
    private readonly RelayLink _link;
    private readonly TimeProvider _timeProvider;
    private readonly long _started;
    private readonly Lock _lock = new();
    private readonly Heartbeat _heartbeat;
    private bool _isReadingPaused;

    public SessionHeartbeat(RelayLink link)
    {
        _link = link;
        _timeProvider = link.Options.TimeProvider;
        _started = _timeProvider.GetTimestamp();
        _heartbeat = new Heartbeat(TimeSpan.Zero, link.Options.HeartbeatInterval, link.Options.SilenceTimeout);
    }

    private TimeSpan Now => _timeProvider.GetElapsedTime(_started);

    public void HandleMessage()
    {
        lock (_lock)
        {
            _heartbeat.HandleMessage(Now);
        }
    }

    public void HandleReadingPaused()
    {
        lock (_lock)
        {
            _isReadingPaused = true;
            _heartbeat.HandleReadingPaused();
        }
    }

    public void HandleReadingResumed()
    {
        lock (_lock)
        {
            _isReadingPaused = false;
            _heartbeat.HandleReadingResumed(Now);
        }
    }

    /// <summary>Beats until it is cancelled, or the relay has been silent for too long.</summary>
    /// <exception cref="DhtException">The relay is silent.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            TimeSpan wait = Beat();
            await Task.Delay(wait, _timeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Does what is due, and tells how long nothing will be.</summary>
    private TimeSpan Beat()
    {
        lock (_lock)
        {
            TimeSpan now = Now;
            while (true)
            {
                switch (_heartbeat.HandleTimeout(now))
                {
                    case HeartbeatAction.SendPing:
                        _link.Post(_isReadingPaused ? PongMessage.Instance : PingMessage.Instance);
                        break;
                    case HeartbeatAction.Close:
                        throw new DhtException(
                            DhtError.RelayLost,
                            $"the relay was silent for {_link.Options.SilenceTimeout.TotalSeconds} s");
                    default:
                        return _heartbeat.NextTimeout - now;
                }
            }
        }
    }
}
