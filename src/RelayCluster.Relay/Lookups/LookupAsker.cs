using System.Diagnostics;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Lookups;

/// <summary>Somebody who asks for a topic, and waits to be given a place in an answer.</summary>
/// <param name="topic">The topic.</param>
/// <param name="trace">On behalf of what, for who traces.</param>
internal sealed class LookupAsker(Fixed32 topic, ActivityContext trace)
{
    private readonly TaskCompletionSource<AnswerReader?> _place =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Fixed32 Topic => topic;

    public ActivityContext Trace => trace;

    /// <summary>Whether nobody waits any more.</summary>
    public bool HasLeft => _place.Task.IsCanceled;

    /// <summary>Gives the place; false if nobody waits any more, and then the place is the caller's.</summary>
    public bool TryGive(AnswerReader place) => _place.TrySetResult(place);

    /// <summary>There is no place; the asker has to look up by itself.</summary>
    public void Refuse() => _place.TrySetResult(null);

    /// <summary>The place; null if there is none.</summary>
    public async ValueTask<AnswerReader?> WaitAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration leaving = cancellationToken.UnsafeRegister(
            static (place, token) => ((TaskCompletionSource<AnswerReader?>)place!).TrySetCanceled(token),
            _place);
        return await _place.Task.ConfigureAwait(false);
    }
}
