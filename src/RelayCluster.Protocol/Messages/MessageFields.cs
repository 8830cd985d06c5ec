using System.Net;
using RelayCluster.Crypto;
using RelayCluster.Wire;

namespace RelayCluster.Protocol.Messages;

/// <summary>Fields that several messages have.</summary>
internal static class MessageFields
{
    /// <summary>The byte of flag bits that some messages start with.</summary>
    public const int FlagsSize = 1;

    /// <summary>An alias or an id: uint32.</summary>
    public const int IdSize = 4;

    /// <summary>The 64 bytes of a Noise handshake hash.</summary>
    public const int HandshakeHashSize = 64;

    /// <summary>In messages with a key: the secret key follows, the client is custodial.</summary>
    public const byte Custodial = 1;

    /// <summary>A public key, then the secret key if there is one.</summary>
    public static int GetKeysSize(KeyPair? keyPair) => Fixed32.Size + (keyPair is null ? 0 : KeyPair.SecretKeySize);

    public static void WriteSecretKey(this ref CompactWriter writer, KeyPair? keyPair)
    {
        if (keyPair is not null)
        {
            writer.WriteFixed64(keyPair.SecretKey);
        }
    }

    public static KeyPair? ReadKeyPair(this ref CompactReader reader, byte flags, Fixed32 publicKey) =>
        (flags & Custodial) == 0 ? null : new KeyPair(publicKey, reader.ReadFixed64());

    public static int GetNodeIdSize(Fixed32? id) => CompactSize.Buffer(id is null ? 0 : Fixed32.Size);

    public static void WriteNodeId(this ref CompactWriter writer, Fixed32? id)
    {
        if (id is { } known)
        {
            writer.WriteBuffer(known.Span);
        }
        else
        {
            writer.WriteBuffer([]);
        }
    }

    /// <summary>A buffer of 32 bytes, or an empty one for null.</summary>
    public static Fixed32? ReadNodeId(this ref CompactReader reader)
    {
        ReadOnlySpan<byte> id = reader.ReadBuffer();
        return id.Length switch
        {
            0 => null,
            Fixed32.Size => new Fixed32(id),
            _ => throw new ProtocolException($"the id of a DHT node has {Fixed32.Size} bytes, not {id.Length}"),
        };
    }

    public static int GetEndPointsSize(IReadOnlyCollection<IPEndPoint> endPoints) =>
        CompactSize.UInt((ulong)endPoints.Count) + (CompactSize.IPv4EndPoint * endPoints.Count);

    public static void WriteEndPoints(this ref CompactWriter writer, IReadOnlyCollection<IPEndPoint> endPoints)
    {
        writer.WriteUInt((ulong)endPoints.Count);
        foreach (IPEndPoint endPoint in endPoints)
        {
            writer.WriteIPv4EndPoint(endPoint);
        }
    }

    public static IPEndPoint[] ReadEndPoints(this ref CompactReader reader)
    {
        var endPoints = new IPEndPoint[reader.ReadCount(CompactSize.IPv4EndPoint)];
        for (int i = 0; i < endPoints.Length; i++)
        {
            endPoints[i] = reader.ReadIPv4EndPoint();
        }

        return endPoints;
    }
}
