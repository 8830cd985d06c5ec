using System.Text.Json.Nodes;
using RelayCluster.Agent.Frames;
using RelayCluster.Dht;
using RelayCluster.Wire;

namespace RelayCluster.Agent.Calls;

/// <summary>
/// A stream's messages between the DHT and the caller. In both directions a message is a frame, and <c>{ end }</c> the
/// half-close; the agent's last word is <c>{ closed }</c>, or <c>{ error }</c> with what ended the stream. A caller
/// that hangs up before its end destroys the stream.
/// </summary>
internal sealed class StreamExchange(DhtStream stream, FrameConnection connection)
{
    /// <param name="next">The caller's next frame, for which somebody waits already.</param>
    public async Task RunAsync(Task<Frame?> next)
    {
        Task outbound = WriteAsync(next);
        await ReadAsync();
        JsonObject lastWord = await LastWordAsync();
        await connection.WriteAsync(lastWord);
        connection.EndWriting();
        await outbound;
        await connection.DrainAsync();
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await stream.ReadMessageAsync() is { } message)
            {
                using (message)
                {
                    await connection.WriteAsync(message.Memory);
                }
            }

            await connection.WriteAsync(new JsonObject { ["end"] = true });
        }
        catch (DhtException)
        {
            // Completion has the reason too.
        }
    }

    private async Task WriteAsync(Task<Frame?> next)
    {
        try
        {
            while (await next is { } frame)
            {
                if (frame.Json is not null)
                {
                    await stream.EndAsync();
                    return;
                }

                using PooledBuffer message = frame.Message;
                await stream.WriteMessageAsync(message.Memory);
                next = connection.ReadAsync();
            }

            stream.Destroy();
        }
        catch (DhtException)
        {
            // Completion has the reason too.
        }
    }

    private async Task<JsonObject> LastWordAsync()
    {
        try
        {
            await stream.Completion;
            return new JsonObject { ["closed"] = true };
        }
        catch (DhtException e)
        {
            return Answers.Failure(e);
        }
    }
}
