using BenchmarkDotNet.Attributes;
using RelayCluster.Crypto.SecretStreams;

namespace RelayCluster.Benchmarks.Crypto;

/// <summary>A message there and back through libsodium's secretstream, the larger part of what relaying costs.</summary>
[MemoryDiagnoser]
public class SecretStreamBenchmarks : IDisposable
{
    private readonly SecretStreamEncryptor _encryptor = new(new byte[32], new byte[StreamCipher.HeaderSize]);
    private readonly SecretStreamDecryptor _decryptor = new(new byte[32], new byte[StreamCipher.HeaderSize]);
    private byte[] _plaintext = [];
    private byte[] _ciphertext = [];

    [Params(64, 1100, 65_536)]
    public int MessageBytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _plaintext = new byte[MessageBytes];
        _ciphertext = new byte[MessageBytes + StreamCipher.Overhead];
    }

    [Benchmark]
    public bool EncryptAndDecrypt()
    {
        _encryptor.Encrypt(_plaintext, _ciphertext);
        return _decryptor.TryDecrypt(_ciphertext, _plaintext);
    }

    public void Dispose()
    {
        _encryptor.Dispose();
        _decryptor.Dispose();
        GC.SuppressFinalize(this);
    }
}
