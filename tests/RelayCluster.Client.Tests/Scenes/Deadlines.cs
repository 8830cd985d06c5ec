using RelayCluster.Dht;
using RelayCluster.Wire;

namespace RelayCluster.Client.Tests.Scenes;

/// <summary>Waiting for what should come, and not for ever.</summary>
internal static class Deadlines
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static Task Within(this Task task) => task.WaitAsync(Patience);

    public static Task<T> Within<T>(this Task<T> task) => task.WaitAsync(Patience);

    public static Task<T> Within<T>(this ValueTask<T> task) => task.AsTask().WaitAsync(Patience);

    public static Task Within(this ValueTask task) => task.AsTask().WaitAsync(Patience);

    /// <summary>Waits for what comes of something else, and tells nobody when.</summary>
    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (!condition())
        {
            Assert.False(deadline.IsCancellationRequested, $"waited in vain for {what}");
            await Task.Yield();
        }
    }

    /// <summary>The next message, as bytes of the test's; null at the end.</summary>
    public static async Task<byte[]?> ReadAsync(this DhtStream stream)
    {
        using PooledBuffer? message = await stream.ReadMessageAsync().Within();
        return message?.Memory.ToArray();
    }

    public static async Task<DhtStream> AcceptOneAsync(this IDhtServer server) =>
        await server.AcceptAsync().Within() ?? throw new InvalidOperationException("the server was closed");
}
