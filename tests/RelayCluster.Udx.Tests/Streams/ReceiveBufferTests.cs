using System.IO.Pipelines;
using RelayCluster.Udx.Streams;

namespace RelayCluster.Udx.Tests.Streams;

public class ReceiveBufferTests
{
    private readonly InputReader _reader;
    private readonly ReceiveBuffer _buffer;

    public ReceiveBufferTests()
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
        _reader = new InputReader(pipe.Reader, wake: () => { });
        _buffer = new ReceiveBuffer(pipe.Writer, _reader);
    }

    [Fact]
    public void A_reader_that_leaves_with_an_error_between_write_and_flush_breaks_only_its_own_stream()
    {
        _buffer.Write([1, 2, 3]);

        _reader.Complete(new IOException("the stream was destroyed"));

        Assert.Null(Record.Exception(_buffer.Flush));
        Assert.Equal(0, _buffer.UnreadBytes);
    }

    [Fact]
    public void What_was_written_is_seen_after_the_flush()
    {
        _buffer.Write([1, 2, 3]);
        Assert.False(_reader.TryRead(out _));

        _buffer.Flush();

        Assert.True(_reader.TryRead(out ReadResult result));
        Assert.Equal(3, result.Buffer.Length);
        Assert.Equal(3, _buffer.UnreadBytes);
    }
}
