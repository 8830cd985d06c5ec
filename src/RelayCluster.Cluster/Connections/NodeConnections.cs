using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using RelayCluster.Cluster.Fabric;
using RelayCluster.Crypto;
using RelayCluster.Wire;

namespace RelayCluster.Cluster.Connections;

/// <summary>
/// Direct connections between the nodes of a fleet, for what is too much for the fabric: clients' sessions that live on
/// another node than the one they came to, and links to servers of other nodes.
/// <code>
/// this node                                the other node
///     | -- fabric: connections/ticket -------> |   the purpose, and what it needs to know
///     | &lt;------------- address, ticket -------- |   the ticket is good once, for some seconds
///     | == transport: header with ticket ====> |   redeemed
///     | &lt;=========== 1 ======================== |   the handler of the purpose has it now
///     | &lt;=========== bytes ===================> |
/// </code>
/// So the fabric says who may connect, and what it says needs no more trust than the fabric itself has. A purpose that
/// has a question of its own to ask first, as placement does, gets the grant by that (<see cref="Grant"/>).
/// </summary>
public sealed partial class NodeConnections : IAsyncDisposable
{
    internal const string TicketSubject = "connections/ticket";

    private readonly IFabric _fabric;
    private readonly INodeTransport _transport;
    private readonly NodeConnectionOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly TicketBook _tickets;
    private readonly Dictionary<string, NodeConnectionHandler> _handlers = [];

    internal NodeConnections(
        IFabric fabric,
        INodeTransport transport,
        NodeConnectionOptions options,
        TimeProvider timeProvider,
        ILoggerFactory loggerFactory)
    {
        _fabric = fabric;
        _transport = transport;
        _options = options;
        _timeProvider = timeProvider;
        _logger = loggerFactory.CreateLogger<NodeConnections>();
        _tickets = new TicketBook(timeProvider, options.TicketLifetime, options.MaxTickets);
        fabric.Handle(TicketSubject, Answer);
    }

    /// <summary>Where the other nodes reach this one, once it listens.</summary>
    public string Address => _transport.Address;

    /// <summary>Takes connections for a purpose; said before the start, once for a purpose.</summary>
    public void Handle(string purpose, NodeConnectionHandler handler) => _handlers.Add(purpose, handler);

    /// <summary>Opens a connection to a node.</summary>
    /// <param name="node">Its name.</param>
    /// <param name="purpose">What it is for; the other node has a handler for that.</param>
    /// <param name="data">What the handler is told with it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The connection, which the other node has taken; it is the caller's to dispose.</returns>
    /// <exception cref="FabricException">The node cannot be had, or does not want it.</exception>
    public async ValueTask<NodeConnection> OpenAsync(
        string node,
        string purpose,
        ReadOnlyMemory<byte> data,
        CancellationToken cancellationToken)
    {
        ConnectionGrant grant = await _fabric.AskAsync(
            FabricAddress.OfNode(node),
            TicketSubject,
            new TicketRequest(purpose, data),
            ConnectionJson.Default.TicketRequest,
            ConnectionJson.Default.ConnectionGrant,
            cancellationToken).ConfigureAwait(false);
        return await DialAsync(node, grant, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Begins to listen.</summary>
    /// <exception cref="FabricException">It cannot, as the options are.</exception>
    public ValueTask StartAsync(CancellationToken cancellationToken) =>
        _transport.StartAsync(ServeAsync, cancellationToken);

    /// <summary>Listens no more, cuts what others opened, and waits until its handlers are done.</summary>
    public ValueTask DisposeAsync() => _transport.DisposeAsync();

    /// <summary>How many connections for a purpose were granted and have not come.</summary>
    internal int CountGranted(string purpose) => _tickets.Count(purpose);

    /// <summary>Gives a node leave to connect.</summary>
    /// <exception cref="FabricException">Too many connections are on their way.</exception>
    internal ConnectionGrant Grant(Ticket ticket)
    {
        Fixed32 secret = RandomBytes.NextFixed32();
        return _tickets.TryAdd(secret, ticket)
            ? new ConnectionGrant(_transport.Address, secret.ToArray())
            : throw new FabricException(
                FabricError.Refused,
                $"{_fabric.NodeName} waits for {_options.MaxTickets} connections already");
    }

    /// <summary>Opens the connection that a node gave leave for.</summary>
    /// <exception cref="FabricException">It cannot be opened after all.</exception>
    internal async ValueTask<NodeConnection> DialAsync(
        string node,
        ConnectionGrant grant,
        CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_options.OpenTimeout, _timeProvider);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        INodeLine? line = null;
        try
        {
            line = await _transport.DialAsync(grant.Address, patience.Token).ConfigureAwait(false);
            await ShowTicketAsync(line, grant, patience.Token).ConfigureAwait(false);
            var connection = new NodeConnection(line, node, ReadOnlyMemory<byte>.Empty);
            line = null;
            return connection;
        }
        catch (Exception e) when (e is IOException or ArgumentException or FormatException)
        {
            throw new FabricException(
                FabricError.Unreachable, $"cannot connect to {node} at {grant.Address}: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new FabricException(
                FabricError.TimedOut, $"{node} at {grant.Address} did not take a connection in time", e);
        }
        finally
        {
            if (line is not null)
            {
                line.Abort();
                await line.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private static async ValueTask ShowTicketAsync(
        INodeLine line,
        ConnectionGrant grant,
        CancellationToken cancellationToken)
    {
        ConnectionHeader.Write(
            line.Output.GetSpan(ConnectionHeader.Size)[..ConnectionHeader.Size], new Fixed32(grant.Ticket.Span));
        line.Output.Advance(ConnectionHeader.Size);
        await line.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
        ReadResult answer = await line.Input.ReadAtLeastAsync(1, cancellationToken).ConfigureAwait(false);
        if (answer.Buffer.IsEmpty || answer.Buffer.FirstSpan[0] != ConnectionHeader.Accepted)
        {
            throw new IOException("the ticket was refused");
        }

        line.Input.AdvanceTo(answer.Buffer.GetPosition(1));
    }

    private IAsyncEnumerable<ReadOnlyMemory<byte>> Answer(FabricRequest request, CancellationToken cancellationToken)
    {
        TicketRequest wanted =
            JsonSerializer.Deserialize(request.Body.Span, ConnectionJson.Default.TicketRequest)!;
        if (!_handlers.ContainsKey(wanted.Purpose))
        {
            throw new FabricException(
                FabricError.Refused, $"{_fabric.NodeName} takes no connections for {wanted.Purpose}");
        }

        ConnectionGrant grant = Grant(new Ticket(request.From, wanted.Purpose, wanted.Data));
        ReadOnlyMemory<byte> reply =
            JsonSerializer.SerializeToUtf8Bytes(grant, ConnectionJson.Default.ConnectionGrant);
        return new[] { reply }.ToAsyncEnumerable();
    }

    private async Task ServeAsync(INodeLine line, CancellationToken cancellationToken)
    {
        try
        {
            if (await TakeTicketAsync(line, cancellationToken).ConfigureAwait(false) is not { } ticket)
            {
                Log.NoTicket(_logger);
                line.Abort();
                return;
            }

            var connection = new NodeConnection(line, ticket.Node, ticket.Data);
            await _handlers[ticket.Purpose](connection, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            Log.Cut(_logger, e.Message);
            line.Abort();
        }
#pragma warning disable CA1031 // A handler's fault is its connection's end, and nobody else's.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.HandlerFailed(_logger, e);
            line.Abort();
        }
    }

    private async ValueTask<Ticket?> TakeTicketAsync(INodeLine line, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_options.HeaderTimeout, _timeProvider);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        ReadResult header = await line.Input.ReadAtLeastAsync(ConnectionHeader.Size, patience.Token)
            .ConfigureAwait(false);
        long length = Math.Min(header.Buffer.Length, ConnectionHeader.Size);
        bool isHeader = ConnectionHeader.TryRead(header.Buffer.Slice(0, length).ToArray(), out Fixed32 secret);
        line.Input.AdvanceTo(header.Buffer.GetPosition(length));
        if (!isHeader || _tickets.Redeem(secret) is not { } ticket)
        {
            return null;
        }

        await line.Output.WriteAsync(new[] { ConnectionHeader.Accepted }, patience.Token).ConfigureAwait(false);
        return ticket;
    }

    private static partial class Log
    {
        [LoggerMessage(7100, LogLevel.Warning, "A connection of no node of the fleet was cut: it had no good ticket")]
        public static partial void NoTicket(ILogger logger);

        [LoggerMessage(7101, LogLevel.Debug, "A connection of another node was cut: {Reason}")]
        public static partial void Cut(ILogger logger, string reason);

        [LoggerMessage(7102, LogLevel.Error, "A connection of another node could not be served")]
        public static partial void HandlerFailed(ILogger logger, Exception exception);
    }
}
