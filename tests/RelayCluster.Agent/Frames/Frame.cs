using System.Text.Json.Nodes;
using RelayCluster.Wire;

namespace RelayCluster.Agent.Frames;

/// <summary>Either JSON or a stream's message, which the receiver owns then.</summary>
internal readonly record struct Frame(JsonObject? Json, PooledBuffer Message);
