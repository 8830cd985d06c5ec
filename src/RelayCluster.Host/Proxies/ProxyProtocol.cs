using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;

namespace RelayCluster.Host.Proxies;

/// <summary>
/// Takes the header of the PROXY protocol off connections that come from a trusted proxy, and gives them the address
/// that it tells. It must be there, as the protocol demands: who guessed would take a client's bytes for it. A
/// connection from anywhere else is its sender's own; should it begin with such a header, it begins with nonsense.
/// </summary>
internal sealed partial class ProxyProtocol(
    TrustedProxies proxies,
    TimeSpan patience,
    TimeProvider timeProvider,
    ILogger logger)
{
    /// <summary>The middleware of a listener, to stand before TLS.</summary>
    public ConnectionDelegate Use(ConnectionDelegate next) => async connection =>
    {
        if (!proxies.Contains(connection.RemoteEndPoint) || await TryReadAsync(connection))
        {
            await next(connection);
        }
    };

    private async Task<bool> TryReadAsync(ConnectionContext connection)
    {
        using var deadline = new CancellationTokenSource(patience, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, connection.ConnectionClosed);
        try
        {
            IPEndPoint? source = await ReadAsync(connection.Transport.Input, either.Token);
            connection.RemoteEndPoint = source ?? connection.RemoteEndPoint;
            return true;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            Log.NoHeader(logger, connection.RemoteEndPoint!, e.Message);
            connection.Abort();
            return false;
        }
    }

    private static async Task<IPEndPoint?> ReadAsync(PipeReader input, CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult result = await input.ReadAsync(cancellationToken);
            ReadOnlySequence<byte> start = result.Buffer.Slice(0, Math.Min(result.Buffer.Length, ProxyHeader.MaxBytes));
            ReadOnlySpan<byte> bytes = start.IsSingleSegment ? start.FirstSpan : start.ToArray();
            switch (ProxyHeader.Read(bytes, out IPEndPoint? source, out int length))
            {
                case OperationStatus.Done:
                    input.AdvanceTo(result.Buffer.GetPosition(length));
                    return source;
                case OperationStatus.NeedMoreData when !result.IsCompleted:
                    input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                    break;
                default:
                    input.AdvanceTo(result.Buffer.Start);
                    throw new IOException("a header of the PROXY protocol was expected");
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            9025, LogLevel.Warning, "A connection from the proxy {RemoteEndPoint} was cut: {Reason}")]
        public static partial void NoHeader(ILogger logger, EndPoint remoteEndPoint, string reason);
    }
}
