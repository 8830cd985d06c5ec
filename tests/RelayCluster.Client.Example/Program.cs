using RelayCluster.Client;
using RelayCluster.Dht;
using RelayCluster.Wire;

// the secret key stays here; a lost connection is sought again, and servers listen again
var options = new RelayedDhtOptions { Custodial = false, Reconnect = true };
await using RelayedDht node = await RelayedDht.ConnectAsync(new Uri(args[0]), options);

if (args.Length > 1)
{
    // a client: says hello to a public key, and prints the answer
    await using DhtStream stream = await node.ConnectAsync(Fixed32.Parse(args[1]));
    await stream.WriteAsync("hello"u8.ToArray());
    await stream.EndAsync();
    using var reader = new StreamReader(stream);
    Console.WriteLine(await reader.ReadToEndAsync());
    return;
}

// a server: prints its public key, and sends back what it gets
await using IDhtServer server = await node.ListenAsync();
Console.WriteLine(server.PublicKey);
while (await server.AcceptAsync() is { } connection)
{
    await using (connection)
    {
        await connection.CopyToAsync(connection);
        await connection.EndAsync();
    }
}
