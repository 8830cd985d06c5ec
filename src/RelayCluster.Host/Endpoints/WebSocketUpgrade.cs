using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace RelayCluster.Host.Endpoints;

/// <summary>
/// The upgrade of a request to a WebSocket of which this node reads nothing: it answers the handshake (RFC 6455, section
/// 4.2.2), and what follows are the bytes of frames, for whoever reads them. The server's own way to accept one always
/// comes with a reader.
/// </summary>
internal static class WebSocketUpgrade
{
    private const string Magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <summary>Upgrades a request that is one for a WebSocket.</summary>
    public static async Task<IDuplexPipe> AcceptAsync(HttpContext context)
    {
        string key = context.Request.Headers.SecWebSocketKey.ToString();
        IHeaderDictionary headers = context.Response.Headers;
        headers.Connection = "Upgrade";
        headers.Upgrade = "websocket";
        headers.SecWebSocketAccept = Answer(key);
        Stream stream = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        return new StreamPipe(stream);
    }

    /// <summary>What shows the client that the server has understood.</summary>
    internal static string Answer(string key)
    {
#pragma warning disable CA5350 // The RFC has it so; it protects nothing.
        return Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + Magic)));
#pragma warning restore CA5350
    }

    private sealed class StreamPipe(Stream stream) : IDuplexPipe
    {
        public PipeReader Input { get; } = PipeReader.Create(
            stream, new StreamPipeReaderOptions(bufferSize: 16 * 1024, leaveOpen: true, useZeroByteReads: true));

        public PipeWriter Output { get; } = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
    }
}
