using System.Security.Cryptography;
using RelayCluster.Crypto.SecretStreams;
using RelayCluster.Dht.Hyper.Links;
using RelayCluster.Dht.Hyper.Punching;
using RelayCluster.Udx.Sockets;
using RelayCluster.Udx.Streams;

namespace RelayCluster.Dht.Hyper.Connecting;

/// <summary>What a <see cref="Dial"/> needs of its node.</summary>
internal sealed class DialContext
{
    public required IPeerNetwork Network { get; init; }

    public required UdxSocket Socket { get; init; }

    public required TimeProvider TimeProvider { get; init; }

    public required SecretStreamOptions SecretStreamOptions { get; init; }

    /// <summary>How many bytes a stream holds in each direction, if the dial does not say.</summary>
    public required int StreamBufferBytes { get; init; }

    /// <summary>Where strangers can send to us; null if they cannot.</summary>
    public required Func<UdpEndPoint?> OpenAddress { get; init; }

    /// <summary>What we know of the NAT before us.</summary>
    public required Func<NatView> Nat { get; init; }

    /// <summary>Our addresses in our own network; empty if they are not to be told.</summary>
    public required Func<IReadOnlyList<UdpEndPoint>> LocalAddresses { get; init; }

    /// <summary>What runs over links in the place of the socket.</summary>
    public required LinkCarriers Links { get; init; }

    /// <summary>Where servers were found before.</summary>
    public required KnownRelays Relays { get; init; }

    /// <summary>A stream under an id that is free and that nobody can guess.</summary>
    /// <exception cref="DhtException">The node was destroyed.</exception>
    public UdxStream CreateStream(int? bufferBytes, Func<UdxStream, UdpEndPoint, bool> firewall)
    {
        var options = new UdxStreamOptions
        {
            ReceiveWindowBytes = bufferBytes ?? StreamBufferBytes,
            SendBufferBytes = bufferBytes ?? StreamBufferBytes,
            Firewall = firewall,
        };
        while (true)
        {
            uint id = BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint)));
            try
            {
                return Socket.CreateStream(id, options);
            }
            catch (ObjectDisposedException)
            {
                throw new DhtException(DhtError.NodeDestroyed);
            }
            catch (InvalidOperationException)
            {
                // taken: one in four billion for each open stream
            }
        }
    }
}
