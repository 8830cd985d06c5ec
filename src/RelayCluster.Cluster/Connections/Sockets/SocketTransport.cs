using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Authentication;
using RelayCluster.Cluster.Fabric;

namespace RelayCluster.Cluster.Connections.Sockets;

/// <summary>
/// Lines between nodes over TCP. It listens with a socket of its own rather than with the host's web server, so that a
/// node of a program that has none is a whole node, and so that the doors for clients, with their limits, are not
/// shared.
/// </summary>
internal sealed class SocketTransport : INodeTransport
{
    private const string Plain = "tcp";
    private const string Secured = "tls";
    private const int Backlog = 512;

    // a node that vanished without a word is noticed after some 11 s of silence
    private const int KeepAliveSeconds = 5;
    private const int KeepAliveIntervalSeconds = 2;
    private const int KeepAliveProbes = 3;

    private readonly NodeConnectionOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly TlsHandshakes? _tls;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskSet _serving = new();
    private Socket? _listener;
    private Task _accepting = Task.CompletedTask;

    public SocketTransport(NodeConnectionOptions options, TimeProvider timeProvider)
    {
        _options = options;
        _timeProvider = timeProvider;
        _tls = options.Tls is { } tls ? new TlsHandshakes(tls) : null;
    }

    public string Address { get; private set; } = "";

    private string Scheme => _tls is null ? Plain : Secured;

    public async ValueTask StartAsync(
        Func<INodeLine, CancellationToken, Task> serveAsync,
        CancellationToken cancellationToken)
    {
        try
        {
            IPAddress address = IPAddress.TryParse(_options.Host, out IPAddress? literal)
                ? literal
                : (await Dns.GetHostAddressesAsync(_options.Host, cancellationToken).ConfigureAwait(false))[0];
            _listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            _listener.Bind(new IPEndPoint(address, _options.Port));
            _listener.Listen(Backlog);
            string host = IsEverywhere(address) ? FindAddress(address.AddressFamily).ToString() : _options.Host;
            int port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
            Address = new UriBuilder(Scheme, host, port).Uri.GetLeftPart(UriPartial.Authority);
        }
        catch (SocketException e)
        {
            throw new FabricException(
                FabricError.Failed,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"cannot listen for other nodes at {_options.Host}:{_options.Port} "
                        + $"(splice host and port): {e.Message}"),
                e);
        }

        _accepting = AcceptAsync(_listener, serveAsync);
    }

    public async ValueTask<INodeLine> DialAsync(string address, CancellationToken cancellationToken)
    {
        var uri = new Uri(address);
        if (uri.Scheme != Scheme)
        {
            throw new IOException($"it has {uri.Scheme} where this node has {Scheme}: all have TLS, or none");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            Prepare(socket);
            await socket.ConnectAsync(uri.IdnHost, uri.Port, cancellationToken).ConfigureAwait(false);
            return await SecureAsync(socket, isServer: false, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (e is SocketException or AuthenticationException)
            {
                throw new IOException(e.Message, e);
            }

            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
        {
            return;
        }

        await _stopping.CancelAsync().ConfigureAwait(false);
        _listener?.Dispose();
        await _accepting.ConfigureAwait(false);
        await _serving.WhenAllAsync().ConfigureAwait(false);
    }

    private static void Prepare(Socket socket)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveIntervalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveProbes);
    }

    private static bool IsEverywhere(IPAddress address) =>
        address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static IPAddress FindAddress(AddressFamily family) =>
        NetworkInterface.GetAllNetworkInterfaces()
            .Where(network => network.OperationalStatus == OperationalStatus.Up
                && network.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .FirstOrDefault(address => address.AddressFamily == family && !address.IsIPv6LinkLocal)
        ?? (family == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback);

    private async Task AcceptAsync(Socket listener, Func<INodeLine, CancellationToken, Task> serveAsync)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                Socket socket = await listener.AcceptAsync(_stopping.Token).ConfigureAwait(false);
                _serving.Add(ServeAsync(socket, serveAsync));
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // that one connection was gone before it was taken
            }
        }
    }

    private async Task ServeAsync(Socket socket, Func<INodeLine, CancellationToken, Task> serveAsync)
    {
        using var timeout = new CancellationTokenSource(_options.HeaderTimeout, _timeProvider);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, timeout.Token);
        SocketLine line;
        try
        {
            Prepare(socket);
            line = await SecureAsync(socket, isServer: true, patience.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (
            e is SocketException or IOException or AuthenticationException or OperationCanceledException)
        {
            socket.Close(timeout: 0);
            return;
        }

        await using (line.ConfigureAwait(false))
        {
            await serveAsync(line, _stopping.Token).ConfigureAwait(false);
        }
    }

    private async ValueTask<SocketLine> SecureAsync(Socket socket, bool isServer, CancellationToken cancellationToken)
    {
        var plain = new NetworkStream(socket, ownsSocket: false);
        return new SocketLine(
            socket,
            _tls is null ? plain : await _tls.ShakeHandsAsync(plain, isServer, cancellationToken).ConfigureAwait(false),
            _timeProvider);
    }
}
