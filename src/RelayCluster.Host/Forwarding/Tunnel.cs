using System.Net;
using System.Net.Sockets;
using RelayCluster.Crypto;
using RelayCluster.Dht;
using RelayCluster.Host.Hosting;
using RelayCluster.Host.Reports;
using RelayCluster.Wire;

namespace RelayCluster.Host.Forwarding;

/// <summary>
/// A local TCP port that leads to a server on the DHT: each TCP connection is a connection of its own there. If the
/// server cannot be reached the TCP connection is reset, and the next one tries again.
/// </summary>
internal sealed class Tunnel : IDisposable
{
    private readonly TcpListener _listener;

    private Tunnel(TcpListener listener)
    {
        _listener = listener;
    }

    /// <summary>Where local programs connect to.</summary>
    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Whom connections on the DHT are made as; null for the node's default.</summary>
    public KeyPair? KeyPair { get; init; }

    /// <summary>Opens the port; connections wait.</summary>
    /// <exception cref="StartupException">The port cannot be had.</exception>
    public static Tunnel Open(IPEndPoint address, KeyPair? keyPair)
    {
        var listener = new TcpListener(address);
        try
        {
            listener.Start();
            return new Tunnel(listener) { KeyPair = keyPair };
        }
        catch (SocketException e)
        {
            listener.Dispose();
            throw new StartupException(
                $"cannot listen on {address}: {e.Message}; --host needs an address of this machine, " +
                "--port a free port or 0",
                e);
        }
    }

    /// <summary>Carries connections until it is told to end.</summary>
    public async Task RunAsync(
        IDhtNode node,
        Fixed32 remotePublicKey,
        Reporter reporter,
        Traffic traffic,
        CancellationToken cancellationToken)
    {
        var carrier = new Carrier(reporter, traffic);
        await using var connections = new ConnectionSet();
        while (true)
        {
            await connections.ReserveAsync(cancellationToken);
            var local = new TcpEnd(await _listener.AcceptSocketAsync(cancellationToken));
            connections.Start(cut => CarryAsync(local, cut));
        }

        async Task CarryAsync(TcpEnd local, CancellationToken cut)
        {
            try
            {
                var options = new DhtConnectOptions { KeyPair = KeyPair };
                DhtStream remote = await node.ConnectAsync(remotePublicKey, options, cut);
                reporter.Tell(await carrier.CarryAsync(local, remote, cut));
            }
            catch (DhtException e)
            {
                local.Abort();
                reporter.Tell(new FaultReport($"cannot connect to {remotePublicKey}: {e.Message}"));
            }
            catch (OperationCanceledException) when (cut.IsCancellationRequested)
            {
                local.Abort();
            }
            finally
            {
                await local.DisposeAsync();
            }
        }
    }

    public void Dispose() => _listener.Dispose();
}
