using System.IO.Pipelines;
using System.Net.Sockets;

namespace RelayCluster.Client.Transports;

/// <summary>A TCP connection as a pair of pipes, which leave it open when they are completed.</summary>
internal sealed class SocketPipe : IDuplexPipe
{
    private const int BufferBytes = 64 * 1024;

    public SocketPipe(Socket socket)
    {
        var stream = new NetworkStream(socket, ownsSocket: false);
        Input = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: BufferBytes, leaveOpen: true));
        Output = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }
}
