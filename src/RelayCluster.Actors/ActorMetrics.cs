using System.Diagnostics.Metrics;
using RelayCluster.Actors.Cells;

namespace RelayCluster.Actors;

/// <summary>
/// What an actor system tells about itself; the meter is <c>RelayCluster.Actors</c>. A message costs nothing more for
/// it: whoever collects walks the tree and looks into the mailboxes.
/// </summary>
internal sealed class ActorMetrics : IDisposable
{
    public const string MeterName = "RelayCluster.Actors";

    private readonly Meter _meter;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _restarts;

    public ActorMetrics(IMeterFactory factory, Func<Census> take)
    {
        _meter = factory.Create(MeterName);
        _failures = _meter.CreateCounter<long>(
            "actor.failures", "{failure}", "Exceptions that left an actor's turn, by the actor's type.");
        _restarts = _meter.CreateCounter<long>(
            "actor.restarts", "{restart}", "Restarts of actors by their supervisors, by the actor's type.");
        _meter.CreateObservableUpDownCounter("actor.count", () => take().Actors, "{actor}", "Actors that live.");
        _meter.CreateObservableUpDownCounter(
            "actor.mailbox.depth", () => take().Waiting, "{message}", "Messages that wait in all mailboxes together.");
        _meter.CreateObservableGauge(
            "actor.mailbox.deepest", () => take().Deepest, "{message}", "Messages that wait in the fullest mailbox.");
    }

    public void Failed(string actor) => Count(_failures, actor);

    public void Restarted(string actor) => Count(_restarts, actor);

    public void Dispose() => _meter.Dispose();

    private static void Count(Counter<long> counter, string actor)
    {
        if (counter.Enabled)
        {
            counter.Add(1, new KeyValuePair<string, object?>("actor", actor));
        }
    }
}
