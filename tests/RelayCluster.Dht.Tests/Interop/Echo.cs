namespace RelayCluster.Dht.Tests.Interop;

/// <summary>Takes a server's connections and sends every message back, and the end too.</summary>
internal static class Echo
{
    /// <summary>Serves until the server is closed and its connections are over.</summary>
    public static async Task RunAsync(IDhtServer server)
    {
        List<Task> connections = [];
        while (await server.AcceptAsync() is { } stream)
        {
            connections.Add(RunAsync(stream));
        }

        await Task.WhenAll(connections);
    }

    private static async Task RunAsync(DhtStream stream)
    {
        await using (stream)
        {
            try
            {
                while (await stream.ReadMessageAsync() is { } message)
                {
                    using (message)
                    {
                        await stream.WriteMessageAsync(message.Memory);
                    }
                }

                await stream.EndAsync();
                await stream.Completion;
            }
            catch (DhtException)
            {
                // the client cut it off
            }
        }
    }
}
