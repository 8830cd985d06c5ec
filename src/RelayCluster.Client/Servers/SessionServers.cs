using System.Diagnostics.CodeAnalysis;
using System.Net;
using RelayCluster.Client.Custody;
using RelayCluster.Client.Sessions;
using RelayCluster.Client.Streams;
using RelayCluster.Crypto;
using RelayCluster.Dht;
using RelayCluster.Protocol.Messages;
using RelayCluster.Wire;

namespace RelayCluster.Client.Servers;

/// <summary>
/// The servers of a session: those that the relay was asked for by this side's alias, those that listen by the relay's.
/// </summary>
internal sealed class SessionServers(
    RelayLink link, SessionStreams streams, HandshakeTable handshakes, Signatures signatures)
{
    /// <summary>
    /// The protocol has no word for a failed listen: a relay says that the server listens, nowhere, and then that it has
    /// closed. But a relay that does not know its own address says the former too, so the latter is waited for.
    /// </summary>
    private static readonly TimeSpan RefusalPatience = TimeSpan.FromSeconds(0.5);

    private readonly AliasTable<ServerListing> _asked = new();
    private readonly AliasTable<ServerListing> _listening = new();

    /// <summary>Completes when the server listens.</summary>
    /// <exception cref="DhtException">The relay refused, or the session is over.</exception>
    public async Task<ServerListing> ListenAsync(RelayedServer server, CancellationToken cancellationToken)
    {
        var listing = new ServerListing(link, link.NextNumber(), server);
        _asked.Add(listing.Alias, listing);
        bool listens = false;
        try
        {
            if (!link.Options.Custodial)
            {
                signatures.Add(
                    listing.Alias, new Signer(Blake2b.Hash(server.PublicKey.Span), server.KeyPair));
            }

            KeyPair? secret = link.Options.Custodial ? server.KeyPair : null;
            await link.SendAsync(new ListenMessage(listing.Alias, server.PublicKey, secret), cancellationToken)
                .ConfigureAwait(false);
            IPEndPoint endPoint = await listing.Listening.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (IsNowhere(endPoint))
            {
                await SeeWhetherItStaysAsync(listing, cancellationToken).ConfigureAwait(false);
            }

            server.HandleListening(IsNowhere(endPoint) ? null : endPoint);
            listens = true;
            return listing;
        }
        finally
        {
            if (!listens)
            {
                Withdraw(listing);
            }
        }
    }

    /// <summary>Whether a server of the session has this alias of the relay's.</summary>
    public bool TryGet(uint remoteAlias, [NotNullWhen(true)] out ServerListing? listing) =>
        _listening.TryGet(remoteAlias, out listing);

    public void HandleListening(ListeningMessage listening)
    {
        if (_asked.TryRemove(listening.RemoteAlias, out ServerListing? listing))
        {
            _listening.Add(listening.Alias, listing);
            listing.HandleListening(listening);
        }
    }

    public void HandleClosed(ClosedMessage closed)
    {
        if (_listening.TryRemove(closed.Alias, out ServerListing? listing))
        {
            Forget(listing);
            listing.HandleClosed(null);
        }
    }

    public void HandleIncoming(IncomingMessage incoming)
    {
        if (!_listening.TryGet(incoming.ServerAlias, out ServerListing? listing))
        {
            link.Reply(new DenyMessage(incoming.Id));
            return;
        }

        listing.Server.Ask(incoming.RemotePublicKey, incoming.Payload, mayConnect => Answer(incoming.Id, mayConnect));
    }

    /// <summary>A stream of a server that was just closed is taken, and destroyed: the peer is not left waiting.</summary>
    /// <exception cref="ProtocolException">What the relay says of the stream cannot be.</exception>
    public void HandleConnection(ConnectionMessage connection)
    {
        if (!_listening.TryGet(connection.ServerAlias, out ServerListing? listing))
        {
            streams.Refuse(connection);
            return;
        }

        DhtStream stream = streams.Accept(connection, listing).AsUserStream();
        if (!listing.Server.TryTake(stream))
        {
            stream.Destroy();
        }
    }

    /// <summary>The session is over.</summary>
    public void Close(DhtException end)
    {
        foreach (ServerListing listing in (ServerListing[])[.. _asked.Close(end), .. _listening.Close(end)])
        {
            listing.HandleClosed(end);
        }
    }

    private static bool IsNowhere(IPEndPoint endPoint) => endPoint.Port == 0 && endPoint.Address.Equals(IPAddress.Any);

    private async Task SeeWhetherItStaysAsync(ServerListing listing, CancellationToken cancellationToken)
    {
        try
        {
            DhtException? end = await listing.Closed
                .WaitAsync(RefusalPatience, link.Options.TimeProvider, cancellationToken)
                .ConfigureAwait(false);
            throw end ?? new DhtException(DhtError.ListenRefused);
        }
        catch (TimeoutException)
        {
            // it stays
        }
    }

    /// <summary>Its signer stays: the relay may have announced it at some nodes, and now takes that back.</summary>
    private void Withdraw(ServerListing listing)
    {
        _asked.Remove(listing.Alias);
        if (!listing.Closed.IsCompleted)
        {
            listing.RequestClose();
        }
    }

    private void Forget(ServerListing listing)
    {
        signatures.Remove(listing.Alias);
        handshakes.RemoveOf(listing.Alias);
    }

    private void Answer(uint id, bool mayConnect) =>
        link.Reply(mayConnect ? new AcceptMessage(id) : new DenyMessage(id));
}
