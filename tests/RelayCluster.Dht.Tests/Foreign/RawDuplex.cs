using System.IO.Pipelines;

namespace RelayCluster.Dht.Tests.Foreign;

/// <summary>A raw stream as a duplex of bytes.</summary>
internal sealed class RawDuplex : IDuplexPipe
{
    private readonly DhtStream _raw;
    private readonly Pipe _input = new();
    private readonly Pipe _output = new();

    public RawDuplex(DhtStream raw)
    {
        _raw = raw;
        Pumping = Task.WhenAll(ReceiveAsync(), SendAsync());
    }

    public PipeReader Input => _input.Reader;

    public PipeWriter Output => _output.Writer;

    public Task Pumping { get; }

    private async Task ReceiveAsync()
    {
        try
        {
            while (await _raw.ReadMessageAsync() is { } chunk)
            {
                using (chunk)
                {
                    await _input.Writer.WriteAsync(chunk.Memory);
                }
            }

            await _input.Writer.CompleteAsync();
        }
        catch (DhtException e)
        {
            await _input.Writer.CompleteAsync(new IOException("the raw stream broke", e));
        }
    }

    private async Task SendAsync()
    {
        try
        {
            while (true)
            {
                ReadResult read = await _output.Reader.ReadAsync();
                foreach (ReadOnlyMemory<byte> piece in read.Buffer)
                {
                    await _raw.WriteMessageAsync(piece);
                }

                _output.Reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    await _raw.EndAsync();
                    return;
                }
            }
        }
        catch (DhtException e)
        {
            await _output.Reader.CompleteAsync(e);
        }
    }
}
