using RelayCluster.Agent;

// Whoever started the agent holds its standard input open; when that ends, so does the agent, and all its nodes with
// it.
await using var agent = AgentServer.Start();
await Console.Out.WriteLineAsync($$"""{"port":{{agent.Port}}}""");
while (await Console.In.ReadLineAsync() is not null)
{
}
