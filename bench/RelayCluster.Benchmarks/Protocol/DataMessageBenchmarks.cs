using BenchmarkDotNet.Attributes;
using RelayCluster.Protocol.Messages;
using RelayCluster.Wire;

namespace RelayCluster.Benchmarks.Protocol;

/// <summary>What a data message costs beside its bytes: it should not depend on how many they are.</summary>
[MemoryDiagnoser]
public class DataMessageBenchmarks : IDisposable
{
    private PooledBuffer _chunk;
    private byte[] _body = [];

    [Params(64, 65_536)]
    public int ChunkBytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _chunk = PooledBuffer.Rent(ChunkBytes);
        var message = new DataMessage(7, _chunk);
        _body = new byte[RelayMessageCodec.GetEncodedSize(message)];
        RelayMessageCodec.Write(message, _body);
    }

    [Benchmark]
    public void Write() => RelayMessageCodec.Write(new DataMessage(7, _chunk), _body);

    [Benchmark]
    public int Read()
    {
        // The copy stands for the frame that the message arrived in.
        var message = (DataMessage)RelayMessageCodec.Read(RelayMessageType.Data, PooledBuffer.CopyOf(_body));
        int bytes = 0;
        foreach (ReadOnlyMemory<byte> chunk in message.Chunks)
        {
            bytes += chunk.Length;
        }

        message.Chunks.Dispose();
        return bytes;
    }

    public void Dispose()
    {
        _chunk.Dispose();
        GC.SuppressFinalize(this);
    }
}
