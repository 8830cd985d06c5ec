namespace RelayCluster.Actors;

/// <summary>An exception that left an actor's turn.</summary>
/// <param name="Actor">Who failed.</param>
/// <param name="Exception">At what.</param>
public sealed record ActorFailure(ActorRef Actor, Exception Exception);
