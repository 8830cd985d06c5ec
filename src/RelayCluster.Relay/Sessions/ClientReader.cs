using RelayCluster.Actors;
using RelayCluster.Protocol.Channels;
using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Buffers;
using RelayCluster.Relay.Streams;

namespace RelayCluster.Relay.Sessions;

/// <summary>
/// Reads what the client says, one message at a time, and only while there is room for the next. It belongs to its
/// session's turns.
/// </summary>
/// <remarks>
/// There is never more than one read under way, and the next begins when the message before has found its place and
/// every budget has room: its stream's (<see cref="SessionStream.ToPeer"/>), the session's (<see
/// cref="SessionScope.Inbound"/>), the queries', and the answers' (<see cref="Outbox.Control"/>). What a message costs
/// is charged before its stream is told, so no mailbox holds anything beside the budgets. Where the policy has a rate,
/// the next read waits for that too.
/// </remarks>
internal sealed class ClientReader
{
    /// <summary>How many messages are handled before others have their turn.</summary>
    private const int ReadsPerTurn = 32;

    private readonly ActorContext<SessionMessage> _context;
    private readonly SessionScope _scope;
    private readonly Action<RelayMessage?> _handle;
    private readonly Action _resumed;
    private readonly ActorWait<RelayMessage?> _reading;
    private readonly ActorWait<bool> _routing;
    private readonly ActorWait _room;
    private RelayChannel? _channel;
    private DataMessage? _charged;
    private Gate? _chargedTo;
    private TimeSpan _ratePause;
    private bool _isPaused;
    private bool _isStopped;

    /// <param name="context">Of the session.</param>
    /// <param name="scope">Whose budgets hold.</param>
    /// <param name="handle">Handles a message, or null: the client has closed.</param>
    /// <param name="resumed">Reading goes on after a pause.</param>
    /// <param name="failed">The channel failed.</param>
    public ClientReader(
        ActorContext<SessionMessage> context,
        SessionScope scope,
        Action<RelayMessage?> handle,
        Action resumed,
        Action<Exception> failed)
    {
        _context = context;
        _scope = scope;
        _handle = handle;
        _resumed = resumed;
        _reading = context.CreateWait<RelayMessage?>(OnRead, failed, static message => message?.Dispose());
        _routing = context.CreateWait<bool>(OnRouted, failed, Settle);
        _room = context.CreateWait(OnRoom, failed);
    }

    /// <summary>Whether nothing is read for the sake of others than the client, so that its silence is not its
    /// own.</summary>
    public bool IsHeldUp => _isPaused && _scope.Outbox.Control.IsOpen;

    /// <summary>Begins to read.</summary>
    public void Start(RelayChannel channel)
    {
        _channel = channel;
        Read();
    }

    /// <summary>Nothing is read or handled any more.</summary>
    public void Stop()
    {
        _isStopped = true;
        SetPaused(false);
    }

    /// <summary>Hands the message that is being handled on to its stream, which owns it then.</summary>
    public void Route(SessionStream stream, RelayMessage message)
    {
        _chargedTo = stream.ToPeer;
        if (message is DataMessage data)
        {
            _charged = data;
            long cost = Outbox.CostOf(data);
            stream.ToPeer.Add(cost);
            _scope.Inbound.Add(cost);
            _ratePause = _scope.Policy.Carried(data.Chunks.BufferedBytes);
        }

        if (_routing.TryTake(stream.Actor.TellAsync(new StreamMessage(message)), out bool isTaken))
        {
            Settle(isTaken);
        }
    }

    private void Read()
    {
        for (int i = 0; i < ReadsPerTurn; i++)
        {
            if (_isStopped || !_reading.TryTake(_channel!.ReadAsync(_context.Stopping), out RelayMessage? message))
            {
                return;
            }

            Handle(message);
            if (!MayReadOn())
            {
                return;
            }
        }

        _reading.Await(_channel!.ReadAsync(_context.Stopping));
    }

    private void OnRead(RelayMessage? message)
    {
        if (_isStopped)
        {
            message?.Dispose();
            return;
        }

        Handle(message);
        if (MayReadOn())
        {
            Read();
        }
    }

    private void Handle(RelayMessage? message)
    {
        _chargedTo = null;
        _handle(message);
    }

    private void OnRouted(bool isTaken)
    {
        Settle(isTaken);
        if (MayReadOn())
        {
            Read();
        }
    }

    /// <summary>A stream that stopped while its message was on the way did not take it.</summary>
    private void Settle(bool isTaken)
    {
        if (!isTaken && _charged is { } data)
        {
            long cost = Outbox.CostOf(data);
            _chargedTo!.Remove(cost);
            _scope.Inbound.Remove(cost);
            data.Dispose();
        }

        _charged = null;
    }

    private bool MayReadOn()
    {
        if (_isStopped || _routing.IsPending)
        {
            return false;
        }

        Gate? toPeer = _chargedTo;
        if (_ratePause == TimeSpan.Zero
            && _scope.Outbox.Control.IsOpen
            && _scope.Queries.IsOpen
            && _scope.Inbound.IsOpen
            && (toPeer is null || toPeer.IsOpen))
        {
            return true;
        }

        SetPaused(true);
        _room.Await(WhenRoomAsync(_ratePause, toPeer, _context.Stopping));
        _ratePause = TimeSpan.Zero;
        return false;
    }

    private async ValueTask WhenRoomAsync(TimeSpan ratePause, Gate? toPeer, CancellationToken cancellationToken)
    {
        await _scope.WaitForRateAsync(ratePause, cancellationToken).ConfigureAwait(false);
        await _scope.Outbox.Control.WhenOpenAsync(cancellationToken).ConfigureAwait(false);
        await _scope.Queries.WhenOpenAsync(cancellationToken).ConfigureAwait(false);
        await _scope.Inbound.WhenOpenAsync(cancellationToken).ConfigureAwait(false);
        if (toPeer is not null)
        {
            await toPeer.WhenOpenAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private void OnRoom()
    {
        if (!_isStopped)
        {
            SetPaused(false);
            _resumed();
            Read();
        }
    }

    private void SetPaused(bool isPaused)
    {
        if (isPaused != _isPaused)
        {
            _isPaused = isPaused;
            _scope.Metrics.ReadingPaused(isPaused);
        }
    }
}
