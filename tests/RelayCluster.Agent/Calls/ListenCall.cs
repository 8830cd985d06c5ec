using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using RelayCluster.Agent.Frames;
using RelayCluster.Crypto;
using RelayCluster.Dht;

namespace RelayCluster.Agent.Calls;

/// <summary>
/// A server: <c>{ node, keyPair?, asks }</c>, answered by <c>{ listening, publicKey, address }</c>. Then the agent
/// tells <c>{ accepted }</c>, a stream, to be taken by a call of its own, and, if the caller wants to be asked,
/// <c>{ question, remotePublicKey, payload, address }</c>, to which the caller says <c>{ answer, admit }</c>. With
/// <c>{ close }</c>, or when the caller hangs up, the server closes; the agent's last word is <c>{ closed }</c>.
/// </summary>
internal sealed class ListenCall(
    JsonObject request,
    FrameConnection connection,
    IDhtNode node,
    Registry<DhtStream> streams)
{
    private readonly ConcurrentDictionary<int, TaskCompletionSource<bool>> _questions = new();
    private int _lastQuestion;

    public async Task RunAsync()
    {
        using KeyPair? keyPair = request.KeyPair();
        var options = new DhtServerOptions { Admit = (bool)request["asks"]! ? AskAsync : null };
        Task<Frame?> next = connection.ReadAsync();
        using var closing = new CancellationTokenSource();
        Task answering = AnswerAsync(next, closing);
        await using IDhtServer server = await node.ListenAsync(keyPair, options, closing.Token);
        await connection.WriteAsync(new JsonObject
        {
            ["listening"] = true,
            ["publicKey"] = server.PublicKey.ToString(),
            ["address"] = Answers.Address(server.Address.EndPoint),
        });
        Task accepting = AcceptAsync(server);
        await Task.WhenAny(answering, accepting);
        await server.CloseAsync();
        await accepting;
        await connection.WriteAsync(new JsonObject { ["closed"] = true });
        connection.HangUp();
        await answering;
    }

    private async Task AcceptAsync(IDhtServer server)
    {
        while (await server.AcceptAsync() is { } stream)
        {
            JsonObject answer = Answers.Stream(stream, streams.Add(stream));
            answer["accepted"] = true;
            await connection.WriteAsync(answer);
        }
    }

    private async ValueTask<bool> AskAsync(DhtClient client, CancellationToken cancellationToken)
    {
        int id = Interlocked.Increment(ref _lastQuestion);
        var answered = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _questions[id] = answered;
        await connection.WriteAsync(new JsonObject
        {
            ["question"] = id,
            ["remotePublicKey"] = client.PublicKey.ToString(),
            ["payload"] = Convert.ToHexStringLower(client.NoisePayload.Span),
            ["address"] = Answers.Address(client.Address),
        });
        try
        {
            return await answered.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            _questions.TryRemove(id, out _);
        }
    }

    private async Task AnswerAsync(Task<Frame?> next, CancellationTokenSource closing)
    {
        while (await next is { Json: { } frame } && frame["close"] is null)
        {
            if (_questions.TryGetValue((int)frame["answer"]!, out TaskCompletionSource<bool>? question))
            {
                question.TrySetResult((bool)frame["admit"]!);
            }

            next = connection.ReadAsync();
        }

        await closing.CancelAsync();
    }
}
