using System.Net;
using System.Threading.Channels;
using RelayCluster.Crypto;
using RelayCluster.Dht;
using RelayCluster.Dht.Links;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Tests.Scenarios;

/// <summary>A server of the fake node: the test says who connects.</summary>
internal class FakeServer(KeyPair keyPair, DhtServerOptions options) : IDhtServer, ILinkServer
{
    private readonly Channel<DhtStream> _backlog = Channel.CreateUnbounded<DhtStream>();
    private readonly CancellationTokenSource _closing = new();

    public static IPEndPoint EndPoint { get; } = new(IPAddress.Parse("10.1.2.3"), 4567);

    public DhtServerOptions Options => options;

    public KeyPair KeyPair => keyPair;

    public Fixed32 PublicKey { get; } = keyPair.PublicKey;

    public DhtServerAddress Address => new(PublicKey, EndPoint);

    public bool IsClosing => _closing.IsCancellationRequested;

    public bool IsClosed { get; private set; }

    /// <summary>Whether the secret key was still there when the server closed: it signs what takes it back.</summary>
    public bool HadKeyAtClose { get; private set; }

    /// <summary>What the close waits for, as it does for nodes that do not answer.</summary>
    public Task? Withdrawing { get; set; }

    /// <summary>How many connections wait to be taken.</summary>
    public int Waiting => _backlog.Reader.Count;

    /// <summary>A peer asks to be let in.</summary>
    public Task<bool> Knock(int peer, byte[]? payload = null) =>
        options.Admit!(new DhtClient(FakeNode.Key(peer), payload ?? [], EndPoint), _closing.Token).AsTask();

    /// <summary>A peer that was let in connects.</summary>
    public FakePeer Connect(int peer)
    {
        var stream = new FakePeer(FakeNode.Key(peer));
        Queue(stream);
        return stream;
    }

    public async ValueTask<DhtStream?> AcceptAsync(CancellationToken cancellationToken = default) =>
        await _backlog.Reader.WaitToReadAsync(cancellationToken) && _backlog.Reader.TryRead(out DhtStream? stream)
            ? stream
            : null;

    public virtual async ValueTask CloseAsync(CancellationToken cancellationToken = default)
    {
        HadKeyAtClose = keyPair.SecretKey.IndexOfAnyExcept((byte)0) >= 0;
        await _closing.CancelAsync();
        _backlog.Writer.TryComplete();
        while (_backlog.Reader.TryRead(out DhtStream? stream))
        {
            await stream.DisposeAsync();
        }

        try
        {
            await (Withdrawing ?? Task.CompletedTask).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Given up.
        }

        IsClosed = true;
    }

    public ValueTask DisposeAsync() => CloseAsync(CancellationToken.None);

    public bool TryAccept(DhtLink link) => throw new InvalidOperationException("the directory is the test's");

    protected void Queue(DhtStream stream) => _backlog.Writer.TryWrite(stream);
}
