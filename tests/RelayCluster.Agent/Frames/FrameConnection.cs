using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using RelayCluster.Wire;

namespace RelayCluster.Agent.Frames;

/// <summary>
/// Frames over a socket. One reader; any number of writers, one after another.
/// <code>
///   uint32 length, little endian | 0: JSON, 1: message | length bytes
/// </code>
/// </summary>
internal sealed class FrameConnection : IAsyncDisposable
{
    private const int HeaderSize = 5;
    private const byte JsonKind = 0;
    private const byte MessageKind = 1;

    private readonly Socket _socket;
    private readonly NetworkStream _network;
    private readonly BufferedStream _reading;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly byte[] _header = new byte[HeaderSize];

    public FrameConnection(Socket socket)
    {
        _socket = socket;
        _socket.NoDelay = true;
        _network = new NetworkStream(socket, ownsSocket: true);
        _reading = new BufferedStream(_network, 64 * 1024);
    }

    /// <summary>The next frame; null when the other side has hung up.</summary>
    public async Task<Frame?> ReadAsync()
    {
        PooledBuffer? body = null;
        try
        {
            await _reading.ReadExactlyAsync(_header);
            body = PooledBuffer.Rent(BinaryPrimitives.ReadInt32LittleEndian(_header));
            await _reading.ReadExactlyAsync(body.Value.Memory);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            body?.Dispose();
            return null;
        }

        if (_header[^1] == MessageKind)
        {
            return new Frame(null, body.Value);
        }

        using PooledBuffer json = body.Value;
        return new Frame(JsonNode.Parse(json.Span)!.AsObject(), default);
    }

    /// <summary>Reads until the other side hangs up, and keeps nothing.</summary>
    public async Task DrainAsync()
    {
        while (await ReadAsync() is { } frame)
        {
            frame.Message.Dispose();
        }
    }

    public ValueTask WriteAsync(JsonObject json) => WriteAsync(JsonSerializer.SerializeToUtf8Bytes(json), JsonKind);

    public ValueTask WriteAsync(ReadOnlyMemory<byte> message) => WriteAsync(message, MessageKind);

    /// <summary>Ends reading and writing, for whoever is at it.</summary>
    public void HangUp() => _socket.Dispose();

    /// <summary>
    /// Nothing more is said. Hanging up at once would take back what was said last, if the other side had sent meanwhile
    /// what nobody has read.
    /// </summary>
    public void EndWriting()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The other side was faster.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _network.DisposeAsync();
        _writing.Dispose();
    }

    /// <summary>To somebody who has hung up nothing can be said, which is no fault.</summary>
    private async ValueTask WriteAsync(ReadOnlyMemory<byte> body, byte kind)
    {
        using PooledBuffer frame = PooledBuffer.Rent(HeaderSize + body.Length);
        BinaryPrimitives.WriteInt32LittleEndian(frame.Span, body.Length);
        frame.Span[HeaderSize - 1] = kind;
        body.Span.CopyTo(frame.Span[HeaderSize..]);
        await _writing.WaitAsync();
        try
        {
            await _network.WriteAsync(frame.Memory);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
        }
        finally
        {
            _writing.Release();
        }
    }
}
