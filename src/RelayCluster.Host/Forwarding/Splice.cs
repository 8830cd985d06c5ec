using System.Buffers;
using System.Runtime.ExceptionServices;

namespace RelayCluster.Host.Forwarding;

/// <summary>
/// Joins two ends: what comes in at one goes out at the other.
/// <code>
///   local  ──── sent ────►  remote        each direction ends by itself: when its source has no more, its
///   local  ◄── received ──  remote        destination is told so, and the other direction goes on
/// </code>
/// A failure of either end, in either direction, cuts both: half of a broken connection is of no use. A reader that
/// does not keep up stops the sender; no more is held than one buffer in each direction.
/// </summary>
internal sealed class Splice
{
    private const int BufferBytes = 64 * 1024;

    private readonly IEnd _local;
    private readonly IEnd _remote;
    private readonly Traffic _traffic;
    private Exception? _failure;
    private long _sent;
    private long _received;

    public Splice(IEnd local, IEnd remote, Traffic traffic)
    {
        _local = local;
        _remote = remote;
        _traffic = traffic;
    }

    /// <summary>How many bytes went from the local to the remote end so far.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>How many bytes came from the remote end to the local one so far.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>Copies until both directions have ended; the ends stay the caller's.</summary>
    /// <exception cref="IOException">A connection broke off.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task watching = WatchAsync(over);
        await Task.WhenAll(
            CutUponFailureAsync(CopyAsync(_local, _remote, CountSent, over.Token), over),
            CutUponFailureAsync(CopyAsync(_remote, _local, CountReceived, over.Token), over));
        await over.CancelAsync();
        await watching;
        if (_failure is not null)
        {
            ExceptionDispatchInfo.Throw(_failure);
        }
    }

    /// <summary>A reader or a writer of one end does not see it when the other one breaks off.</summary>
    private async Task WatchAsync(CancellationTokenSource over)
    {
        try
        {
            Task first = await Task.WhenAny(_local.Completion, _remote.Completion).WaitAsync(over.Token);
            await CutUponFailureAsync(first, over);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // Nothing broke off before the end.
        }
    }

    private async Task CutUponFailureAsync(Task task, CancellationTokenSource over)
    {
        try
        {
            await task;
        }
#pragma warning disable CA1031 // The first failure is kept and thrown in the end; the others follow from it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (Interlocked.CompareExchange(ref _failure, e, null) is null)
            {
                await over.CancelAsync();
                _local.Abort();
                _remote.Abort();
            }
        }
    }

    private static async Task CopyAsync(IEnd from, IEnd to, Action<int> count, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (await from.ReadAsync(buffer, cancellationToken) is > 0 and var length)
            {
                await to.WriteAsync(buffer.AsMemory(0, length), cancellationToken);
                count(length);
            }

            await to.EndAsync(cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void CountSent(int bytes)
    {
        Interlocked.Add(ref _sent, bytes);
        _traffic.AddSent(bytes);
    }

    private void CountReceived(int bytes)
    {
        Interlocked.Add(ref _received, bytes);
        _traffic.AddReceived(bytes);
    }
}
