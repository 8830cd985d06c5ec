namespace RelayCluster.Actors;

/// <summary>A message that reached nobody, because its actor was stopping or had stopped.</summary>
/// <param name="Recipient">Whom it was told.</param>
/// <param name="Message">The message. What it carried may have been given back already.</param>
public sealed record DeadLetter(ActorRef Recipient, object? Message);
