using RelayCluster.Actors;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Lookups;

/// <summary>What <see cref="LookupsActor"/> may be told.</summary>
internal abstract record LookupsMessage
{
    private LookupsMessage()
    {
    }

    /// <summary>Somebody asks for a topic.</summary>
    internal sealed record Ask(LookupAsker Asker) : LookupsMessage;

    /// <summary>What was found out about a topic is out of date.</summary>
    internal sealed record Forget(Fixed32 Topic) : LookupsMessage;

    /// <summary>Which topics are there?</summary>
    internal sealed record List(ActorRef<IReadOnlyList<TopicLookup>> ReplyTo) : LookupsMessage;

    /// <summary>The time of the oldest answer is up.</summary>
    internal sealed record Expire : LookupsMessage
    {
        public static Expire Instance { get; } = new();
    }
}
