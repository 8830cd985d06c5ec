using RelayCluster.Actors;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Lookups;

/// <summary>
/// The parent of all lookups: whoever asks for a topic is given a place in the answer that is under way or kept, or has
/// a new lookup begun.
/// </summary>
/// <remarks>
/// <code>
///   asker ──Ask──> LookupsActor ──spawns──> LookupActor ──> source        /lookups, /lookups/{topic}
///     ▲                 │ place                  │ replies
///     └──────reads──── SharedAnswer &lt;────────────┘       kept for a while after its actor's end
/// </code>
/// <para>
/// The answer of a lookup that ended well is kept. One that failed is not, one that nobody waits for is cancelled, and
/// one that was forgotten goes on for those who share it, but nobody joins it any more: for the same topic there can be
/// more than one actor then.
/// </para>
/// <para>
/// Lookups and kept answers together are at most <see cref="LookupOptions.MaxTopics"/>: the oldest answers make room.
/// Where there is none to make, and when this actor is gone, the asker is refused, and looks up by itself.
/// </para>
/// </remarks>
internal sealed class LookupsActor : Actor<LookupsMessage>
{
    private readonly LookupScope _scope;
    private readonly KeptAnswers _kept;
    private readonly AnswerBudget _budget;
    private readonly Dictionary<Fixed32, LookupUnderWay> _current = [];
    private readonly Dictionary<ActorRef, LookupUnderWay> _underWay = [];
    private readonly HashSet<string> _names = [];
    private ActorTimer? _expiry;
    private long _more;

    public LookupsActor(LookupScope scope)
    {
        _scope = scope;
        _kept = new KeptAnswers(scope.Settings.Keep, scope.Settings.MaxBytes / 2);
        _budget = new AnswerBudget(scope.Settings.MaxBytes / 2);
    }

    private TimeSpan Now => Context.TimeProvider.GetElapsedTime(0);

    protected override void Receive(LookupsMessage message)
    {
        switch (message)
        {
            case LookupsMessage.Ask ask:
                Take(ask.Asker);
                break;
            case LookupsMessage.Forget forget:
                _kept.Remove(forget.Topic);
                _current.Remove(forget.Topic);
                break;
            case LookupsMessage.List list:
                list.ReplyTo.TryTell(List());
                break;
            default:
                _kept.HandleTimeout(Now);
                ScheduleExpiry();
                break;
        }
    }

    protected override void OnTerminated(ActorRef actor)
    {
        _names.Remove(actor.Name);
        if (!_underWay.Remove(actor, out LookupUnderWay? lookup)
            || !_current.TryGetValue(lookup.Topic, out LookupUnderWay? current)
            || current != lookup)
        {
            return;
        }

        _current.Remove(lookup.Topic);
        if (lookup.Answer.IsWhole)
        {
            _kept.Add(Now, lookup.Topic, lookup.Answer);
            ScheduleExpiry();
        }
    }

    protected override void OnDiscarded(LookupsMessage message)
    {
        if (message is LookupsMessage.Ask ask)
        {
            ask.Asker.Refuse();
        }
    }

    private void Take(LookupAsker asker)
    {
        if (asker.HasLeft)
        {
            return;
        }

        if (_kept.TryGet(Now, asker.Topic, out SharedAnswer? kept) && TryGive(asker, kept))
        {
            _scope.Metrics.Kept();
        }
        else if (_current.TryGetValue(asker.Topic, out LookupUnderWay? current) && TryGive(asker, current.Answer))
        {
            _scope.Metrics.Shared();
        }
        else if (HasRoom())
        {
            Begin(asker);
        }
        else
        {
            asker.Refuse();
        }
    }

    private static bool TryGive(LookupAsker asker, SharedAnswer answer)
    {
        if (answer.TryAttach() is not { } place)
        {
            return false;
        }

        Give(asker, place);
        return true;
    }

    private static void Give(LookupAsker asker, AnswerReader place)
    {
        if (!asker.TryGive(place))
        {
            place.Dispose();
        }
    }

    private bool HasRoom()
    {
        int most = _scope.Settings.MaxTopics;
        return Context.ChildCount + _kept.Count < most || (_kept.TryRemoveOldest() && Context.ChildCount < most);
    }

    private void Begin(LookupAsker asker)
    {
        // The place first: the query may be over, and the answer closed, before this turn is.
        var answer = new SharedAnswer(_budget);
        AnswerReader place = answer.TryAttach()!;
        string name = asker.Topic.ToString();
        name = _names.Contains(name) ? $"{name}-{++_more}" : name;
        _names.Add(name);
        ActorRef<LookupStep> actor = Context.Spawn(
            name,
            () => new LookupActor(asker.Topic, answer, _scope, asker.Trace));
        answer.Abandoned = () => actor.TryTell(new LookupStep(IsAbandoned: true, null));
        var lookup = new LookupUnderWay(asker.Topic, answer, Now);
        _underWay.Add(actor, lookup);
        _current[asker.Topic] = lookup;
        Context.Watch(actor);
        Give(asker, place);
    }

    private void ScheduleExpiry()
    {
        if (_kept.NextTimeout is { } next && _expiry is not { IsActive: true })
        {
            _expiry = Context.ScheduleOnce(next - Now, LookupsMessage.Expire.Instance);
        }
    }

    private List<TopicLookup> List()
    {
        TimeSpan now = Now;
        _kept.HandleTimeout(now);
        var list = new List<TopicLookup>(_underWay.Count + _kept.Count);
        foreach (LookupUnderWay lookup in _underWay.Values)
        {
            list.Add(Describe(lookup.Topic, _scope.RunningState, lookup.Answer, now - lookup.Since));
        }

        foreach (KeptAnswer kept in _kept.All)
        {
            list.Add(Describe(kept.Topic, TopicLookupState.Kept, kept.Answer, now - kept.Since));
        }

        return list;
    }

    private static TopicLookup Describe(Fixed32 topic, TopicLookupState state, SharedAnswer answer, TimeSpan age) =>
        new(topic, state, answer.ReaderCount, answer.ReplyCount, age);
}
