using RelayCluster.Relay.Buffers;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Sessions;

/// <summary>A query as its session knows it.</summary>
/// <param name="Id">The client's number of it.</param>
/// <param name="Kind">lookup, announce or unannounce.</param>
/// <param name="Topic">What it is about.</param>
/// <param name="Among">Where it is counted.</param>
/// <param name="Started">When it began, a time stamp.</param>
internal readonly record struct SessionQuery(uint Id, string Kind, Fixed32 Topic, Gate Among, long Started);
