namespace RelayCluster.Crypto.SecretStreams;

/// <summary>
/// Sends an empty message whenever its stream has written nothing for an interval. While a write waits for room there
/// is nothing to keep alive: the next empty message waits for its turn behind it.
/// </summary>
internal sealed class KeepAliveTimer : IAsyncDisposable
{
    private readonly SecretStream _stream;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new(); // without a timer it holds nothing to dispose
    private readonly Task _loop;
    private long _lastWrite;

    internal KeepAliveTimer(SecretStream stream, TimeSpan interval, TimeProvider time)
    {
        _stream = stream;
        _interval = interval;
        _time = time;
        _lastWrite = time.GetTimestamp();
        _loop = RunAsync(_stopping.Token);
    }

    public async ValueTask DisposeAsync()
    {
        Stop();
        await _loop.ConfigureAwait(false);
    }

    /// <summary>The stream has written a message.</summary>
    internal void HandleWrite() => Volatile.Write(ref _lastWrite, _time.GetTimestamp());

    internal void Stop() => _stopping.Cancel();

    private async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                TimeSpan silence = _time.GetElapsedTime(Volatile.Read(ref _lastWrite));
                if (silence < _interval)
                {
                    // Delays are whole milliseconds, and one of zero would not wait at all.
                    double milliseconds = Math.Ceiling((_interval - silence).TotalMilliseconds);
                    await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), _time, stopping).ConfigureAwait(false);
                }
                else
                {
                    await _stream.WriteMessageAsync(default, stopping).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or InvalidOperationException)
        {
            // Stopped, or the stream is over; why, its completion tells.
        }
    }
}
