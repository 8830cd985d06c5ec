using RelayCluster.Wire;

namespace RelayCluster.Protocol.Channels;

/// <summary>A muxer, as <see cref="FrameSender"/> sees it: where messages are gathered to frames.</summary>
internal interface IFrameSource
{
    /// <summary>Bytes in frames that wait to be taken.</summary>
    int BufferedBytes { get; }

    /// <summary>Gathers the messages that follow into one frame.</summary>
    void Cork();

    /// <summary>Closes that frame.</summary>
    void Uncork();

    /// <summary>The next frame to send, which the caller then owns.</summary>
    bool TryTakeFrame(out PooledBuffer frame);

    /// <summary>Gives all buffers back.</summary>
    void Destroy();
}
