using System.Net;
using RelayCluster.Protocol.Channels;
using RelayCluster.Protocol.Messages;
using RelayCluster.Wire;

namespace RelayCluster.Client.Tests.Scenes;

/// <summary>The relay's side of one connection, in the hands of the test.</summary>
internal sealed class ScriptedSession(RelayChannel channel) : IAsyncDisposable
{
    public static IPEndPoint Address { get; } = new(IPAddress.Loopback, 49737);

    public Task SendAsync(RelayMessage message) => channel.SendAsync(message).Within();

    public Task SendDataAsync(uint alias, params byte[] payload) =>
        SendAsync(new DataMessage(alias, PooledBuffer.CopyOf(payload)));

    /// <summary>What the client says next, pings and pongs apart.</summary>
    public async Task<RelayMessage> ReadAsync()
    {
        while (true)
        {
            RelayMessage message = await ReadAnyAsync();
            if (message is not (PingMessage or PongMessage))
            {
                return message;
            }
        }
    }

    public async Task<T> ReadAsync<T>()
        where T : RelayMessage => Assert.IsType<T>(await ReadAsync());

    /// <summary>What the client says next, whatever it is.</summary>
    public async Task<RelayMessage> ReadAnyAsync() =>
        await channel.ReadAsync().Within() ?? throw new EndOfStreamException("the client has closed");

    /// <summary>Completes when the client has handled all that it was sent.</summary>
    public async Task SettleAsync()
    {
        await SendAsync(new IncomingMessage(uint.MaxValue, uint.MaxValue, default, default));
        while (await ReadAnyAsync() is not DenyMessage { Id: uint.MaxValue })
        {
            // pings
        }
    }

    /// <summary>The client asks for a stream, and gets it under this alias of the relay's.</summary>
    public async Task<ConnectMessage> OpenAsync(uint alias)
    {
        ConnectMessage connect = await ReadAsync<ConnectMessage>();
        await SendAsync(new OpenMessage(alias, connect.Alias, new byte[64], HandshakeId: 0));
        return connect;
    }

    /// <summary>The client asks for a server, and gets it under this alias of the relay's.</summary>
    public async Task<ListenMessage> ListenAsync(uint alias)
    {
        ListenMessage listen = await ReadAsync<ListenMessage>();
        await SendAsync(new ListeningMessage(alias, listen.Alias, Address));
        return listen;
    }

    public async Task AssertClosedAsync()
    {
        try
        {
            while (await channel.ReadAsync().Within() is not null)
            {
                // what was on its way
            }
        }
        catch (IOException)
        {
            // cut is closed too
        }
    }

    /// <summary>Cuts the connection.</summary>
    public void Abort() => channel.Abort();

    /// <summary>Closes it in order.</summary>
    public Task CloseAsync() => channel.CloseAsync().Within();

    public ValueTask DisposeAsync() => channel.DisposeAsync();
}
