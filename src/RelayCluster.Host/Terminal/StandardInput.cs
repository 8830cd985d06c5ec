using System.Buffers;
using System.IO.Pipelines;
using Microsoft.Win32.SafeHandles;

namespace RelayCluster.Host.Terminal;

/// <summary>
/// Standard input, with reads that can be given up: the system's cannot, so a loop reads ahead into a pipe. What a
/// reader that gave up did not take is there for the next.
/// </summary>
internal sealed class StandardInput : IDisposable
{
    private const int ReadAheadBytes = 256 * 1024;

    private readonly Stream _source;
    private readonly Pipe _pipe = new(new PipeOptions(
        pauseWriterThreshold: ReadAheadBytes,
        resumeWriterThreshold: ReadAheadBytes / 2,
        minimumSegmentSize: 64 * 1024,
        useSynchronizationContext: false));
    private Task? _reading;

    public StandardInput(Stream source, InputKind kind)
    {
        _source = source;
        Kind = kind;
    }

    /// <summary>What stands behind it.</summary>
    public InputKind Kind { get; }

    /// <summary>That of the process.</summary>
    public static StandardInput OfProcess()
    {
        InputKind kind = !Console.IsInputRedirected ? InputKind.Terminal : IsFile() ? InputKind.File : InputKind.Pipe;
        return new StandardInput(Console.OpenStandardInput(), kind);
    }

    /// <summary>
    /// The next bytes; 0 at the end. The first call begins to read: what nobody asks for stays for others.
    /// </summary>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        _reading ??= ReadAheadAsync();
        return Take(await _pipe.Reader.ReadAsync(cancellationToken), buffer.Span);
    }

    /// <summary>Bytes that have been read ahead; 0 if there are none.</summary>
    public int TryRead(Span<byte> buffer) => _pipe.Reader.TryRead(out ReadResult result) ? Take(result, buffer) : 0;

    /// <summary>
    /// What was read ahead is dropped. A read that waits for a person to type cannot be ended, and is not waited for:
    /// it ends with the process.
    /// </summary>
    public void Dispose()
    {
        _pipe.Reader.Complete();
        _source.Dispose();
    }

    private static bool IsFile()
    {
        try
        {
            using var handle = new SafeFileHandle(0, ownsHandle: false);
            using var stream = new FileStream(handle, FileAccess.Read, bufferSize: 0);
            return stream.CanSeek;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }

    private int Take(ReadResult result, Span<byte> buffer)
    {
        ReadOnlySequence<byte> taken = result.Buffer.Slice(0, Math.Min(result.Buffer.Length, buffer.Length));
        taken.CopyTo(buffer);
        int length = (int)taken.Length;
        _pipe.Reader.AdvanceTo(taken.End);
        return length;
    }

    private async Task ReadAheadAsync()
    {
        try
        {
            await _source.CopyToAsync(_pipe.Writer);
            await _pipe.Writer.CompleteAsync();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            await _pipe.Writer.CompleteAsync(e);
        }
    }
}
