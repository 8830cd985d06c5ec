using System.Net.WebSockets;

namespace RelayCluster.Protocol.Tests.Transports;

/// <summary>A WebSocket that has one frame to read, which comes when the test says so, on the test's thread.</summary>
internal sealed class OneFrameSocket : WebSocket
{
    private readonly TaskCompletionSource<ValueWebSocketReceiveResult> _begin = new();
    private WebSocketState _state = WebSocketState.Open;

    public override WebSocketCloseStatus? CloseStatus => null;

    public override string? CloseStatusDescription => null;

    public override WebSocketState State => _state;

    public override string? SubProtocol => null;

    public void Deliver() =>
        _begin.SetResult(new ValueWebSocketReceiveResult(0, WebSocketMessageType.Binary, endOfMessage: false));

    public override void Abort() => _state = WebSocketState.Aborted;

    public override ValueTask<ValueWebSocketReceiveResult> ReceiveAsync(
        Memory<byte> buffer,
        CancellationToken cancellationToken) => buffer.IsEmpty
            ? new ValueTask<ValueWebSocketReceiveResult>(_begin.Task)
            : new ValueTask<ValueWebSocketReceiveResult>(
                new ValueWebSocketReceiveResult(buffer.Length - 1, WebSocketMessageType.Binary, endOfMessage: true));

    public override Task<WebSocketReceiveResult> ReceiveAsync(
        ArraySegment<byte> buffer,
        CancellationToken cancellationToken) => throw new NotSupportedException();

    public override Task SendAsync(
        ArraySegment<byte> buffer,
        WebSocketMessageType messageType,
        bool endOfMessage,
        CancellationToken cancellationToken) => throw new NotSupportedException();

    public override Task CloseAsync(
        WebSocketCloseStatus closeStatus,
        string? statusDescription,
        CancellationToken cancellationToken) => throw new NotSupportedException();

    public override Task CloseOutputAsync(
        WebSocketCloseStatus closeStatus,
        string? statusDescription,
        CancellationToken cancellationToken) => throw new NotSupportedException();

    public override void Dispose()
    {
    }
}
