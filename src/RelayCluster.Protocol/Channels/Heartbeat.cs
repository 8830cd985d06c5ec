namespace RelayCluster.Protocol.Channels;

/// <summary>
/// When to ping, and when to take the other side for dead: a state machine on the session's clock. It pings on a fixed
/// beat, whether or not there is other traffic, because a reference client closes when it sees neither ping nor pong
/// for 45 s. Any message is a sign of life. While the session does not read, because the streams behind it are full,
/// silence means nothing, so the count stands still.
/// </summary>
public sealed class Heartbeat
{
    /// <summary>How often the relay pings: the reference's 15 s.</summary>
    public static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(15);

    /// <summary>How long the other side may be silent: the reference's 45 s.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(45);

    private readonly TimeSpan _interval;
    private readonly TimeSpan _timeout;
    private TimeSpan _nextPing;
    private TimeSpan _silentSince;
    private bool _isReadingPaused;

    /// <summary>Begins to count now.</summary>
    /// <param name="now">The session's clock.</param>
    /// <param name="interval">
    /// How often to ping; <see cref="Timeout.InfiniteTimeSpan"/>: never, as a client does.
    /// </param>
    /// <param name="timeout">How long the other side may be silent.</param>
    public Heartbeat(TimeSpan now, TimeSpan interval, TimeSpan timeout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        _interval = interval;
        _timeout = timeout;
        _nextPing = interval == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : now + interval;
        _silentSince = now;
    }

    /// <summary>
    /// When <see cref="HandleTimeout"/> is to be called; <see cref="TimeSpan.MaxValue"/>: not for now.
    /// </summary>
    public TimeSpan NextTimeout => _isReadingPaused || _nextPing < Deadline ? _nextPing : Deadline;

    private TimeSpan Deadline => _silentSince + _timeout;

    /// <summary>A message came.</summary>
    public void HandleMessage(TimeSpan now) => _silentSince = now;

    /// <summary>The session reads no more until <see cref="HandleReadingResumed"/>.</summary>
    public void HandleReadingPaused() => _isReadingPaused = true;

    /// <summary>The session reads again.</summary>
    public void HandleReadingResumed(TimeSpan now)
    {
        _isReadingPaused = false;
        _silentSince = now;
    }

    /// <summary>What is to be done now; it is to be called again until there is nothing.</summary>
    public HeartbeatAction HandleTimeout(TimeSpan now)
    {
        if (!_isReadingPaused && now >= Deadline)
        {
            return HeartbeatAction.Close;
        }

        if (now < _nextPing)
        {
            return HeartbeatAction.None;
        }

        // beats that were missed are not made up for
        do
        {
            _nextPing += _interval;
        }
        while (_nextPing <= now);
        return HeartbeatAction.SendPing;
    }
}
