using System.Diagnostics.CodeAnalysis;
using RelayCluster.Protocol.Dialects;
using RelayCluster.Protocol.Messages;
using RelayCluster.Protocol.Sharing;
using RelayCluster.Protocol.Transports;
using RelayCluster.Wire.Protomux;

namespace RelayCluster.Protocol.Channels;

/// <summary>
/// The relay protocol as one channel of a muxer that somebody else owns: to close it is to close the channel, and
/// leaves the muxer and its other channels as they are. Only the living dialect has such a thing.
/// </summary>
internal sealed class SharedLink(SharedChannel channel) : IRelayLink
{
    public RelayDialect SpokenDialect => RelayDialect.Hyperswarm;

    public string RemoteEndPoint => channel.RemoteEndPoint;

    public string? RemoteReason => null;

    public int MaxMessageBytes => channel.MaxMessageBytes;

    /// <summary>Opens the channel now. Null: there is one.</summary>
    public static SharedLink? TryOpen(SharedMux mux) =>
        mux.Open(HyperswarmDialect.ChannelOptions) is { } channel ? new SharedLink(channel) : null;

    /// <summary>Opens the channel when the other side has; null if the muxer ends before.</summary>
    public static async ValueTask<SharedLink?> AcceptAsync(SharedMux mux, CancellationToken cancellationToken)
    {
        var accepted = new TaskCompletionSource<SharedLink>(TaskCreationOptions.RunContinuationsAsynchronously);
        mux.Pair(HyperswarmDialect.Protocol, Accept);
        try
        {
            await Task.WhenAny(accepted.Task, mux.Ended).WaitAsync(cancellationToken).ConfigureAwait(false);
            return accepted.Task.IsCompleted ? await accepted.Task.ConfigureAwait(false) : null;
        }
        finally
        {
            mux.Unpair(HyperswarmDialect.Protocol);
        }

        void Accept(MuxOpenRequest request)
        {
            if (request.Id.IsEmpty && !accepted.Task.IsCompleted && TryOpen(mux) is { } link)
            {
                accepted.SetResult(link);
            }
            else
            {
                mux.Reject(request);
            }
        }
    }

    public bool TryRead([NotNullWhen(true)] out RelayMessage? message)
    {
        if (!channel.TryRead(out ChannelMessage next))
        {
            message = null;
            return false;
        }

        message = RelayMessageCodec.Read((RelayMessageType)next.Type, next.Payload);
        return true;
    }

    public ValueTask<bool> ReceiveAsync(CancellationToken cancellationToken) =>
        channel.WaitToReadAsync(cancellationToken);

    public ValueTask SendAsync(RelayMessage message, CancellationToken cancellationToken)
    {
        Write(message, isReply: false);
        return channel.FlushAsync(cancellationToken);
    }

    public void Reply(RelayMessage message)
    {
        Write(message, isReply: true);
        channel.Flush();
    }

    public ValueTask CloseAsync(CloseReason reason, CancellationToken cancellationToken) => DisposeAsync();

    public void Abort() => channel.Dispose();

    public ValueTask DisposeAsync()
    {
        channel.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Write(RelayMessage message, bool isReply) => channel.Write(
        (int)message.Type,
        message.GetEncodedSize(),
        message,
        static (body, message) => RelayMessageCodec.Write(message, body),
        message.HasSecret,
        isReply);
}
