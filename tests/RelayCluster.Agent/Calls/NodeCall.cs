using System.Net;
using System.Text.Json.Nodes;
using RelayCluster.Agent.Frames;
using RelayCluster.Client;
using RelayCluster.Crypto;
using RelayCluster.Dht;
using RelayCluster.Dht.Hyper;
using RelayCluster.Protocol.Dialects;

namespace RelayCluster.Agent.Calls;

/// <summary>
/// A node that lives until the caller hangs up, answered by <c>{ node, publicKey, secretKey }</c>. On the DHT itself:
/// <c>{ bootstrap: ["host:port"], keyPair?, ephemeral?, firewalled?, connectionKeepAlive? }</c>; behind a relay:
/// <c>{ relay: "ws://host:port", keyPair?, custodial, dialect }</c>. When the node cannot go on, its relay lost or its
/// socket broken, the agent tells <c>{ error }</c>.
/// </summary>
internal sealed class NodeCall(JsonObject request, FrameConnection connection, Registry<IDhtNode> nodes)
{
    public async Task RunAsync()
    {
        using KeyPair? keyPair = request.KeyPair();
        Task<Frame?> hangUp = connection.ReadAsync();
        await using IDhtNode node = await HangUp.CancelsAsync(
            hangUp,
            token => request["relay"] is null ? StartAsync(keyPair, token) : ConnectAsync(keyPair, token));
        int id = nodes.Add(node);
        JsonObject answer = Answers.KeyPair(node.DefaultKeyPair);
        answer["node"] = id;
        await connection.WriteAsync(answer);
        Task<Exception> lost = LossOf(node);
        if (await Task.WhenAny(hangUp, lost) == lost)
        {
            await connection.WriteAsync(Answers.Failure(await lost));
        }

        await hangUp;
        nodes.Remove(id);
    }

    private static Task<Exception> LossOf(IDhtNode node)
    {
        var loss = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (node is RelayedDht relayed)
        {
            relayed.StateChanged += (_, change) =>
            {
                if (change is { State: RelayedDhtState.Lost, Reason: { } reason })
                {
                    loss.TrySetResult(reason);
                }
            };
        }
        else if (node is DhtNode direct)
        {
            direct.Completion.ContinueWith(
                broken => loss.TrySetResult(broken.Exception!.InnerException!),
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }

        return loss.Task;
    }

    private async Task<IDhtNode> StartAsync(KeyPair? keyPair, CancellationToken cancellationToken)
    {
        var options = new DhtNodeOptions
        {
            Bootstrap = [.. request["bootstrap"]!.AsArray().Select(b => BootstrapNode.Parse((string)b!))],
            Host = IPAddress.Loopback,
            KeyPair = keyPair,
            Ephemeral = (bool?)request["ephemeral"] ?? true,
            Firewalled = (bool?)request["firewalled"] ?? true,
        };
        if (request["connectionKeepAlive"] is { } keepAlive)
        {
            options.ConnectionKeepAlive = TimeSpan.FromMilliseconds((int)keepAlive);
        }

        return await DhtNode.StartAsync(options, cancellationToken: cancellationToken);
    }

    private async Task<IDhtNode> ConnectAsync(KeyPair? keyPair, CancellationToken cancellationToken)
    {
        var relay = new Uri((string)request["relay"]!);
        var options = new RelayedDhtOptions
        {
            KeyPair = keyPair,
            Custodial = (bool)request["custodial"]!,
            Dialect = Enum.Parse<RelayDialect>((string)request["dialect"]!),
        };
        return await RelayedDht.ConnectAsync(relay, options, cancellationToken);
    }
}
