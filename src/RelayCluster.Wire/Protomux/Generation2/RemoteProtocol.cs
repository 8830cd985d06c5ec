namespace RelayCluster.Wire.Protomux.Generation2;

/// <summary>The other side's half of a protocol: joined to ours, or waiting for it.</summary>
public sealed class RemoteProtocol
{
    internal RemoteProtocol(string name, ProtocolVersion version, ulong offset, ulong messageTypes)
    {
        Name = name;
        Version = version;
        Offset = offset;
        MessageTypes = messageTypes;
    }

    /// <summary>The protocol's name.</summary>
    public string Name { get; }

    /// <summary>The version that the other side has.</summary>
    public ProtocolVersion Version { get; }

    internal ulong Offset { get; }

    internal ulong MessageTypes { get; }

    internal MuxProtocol? Local { get; set; }

    internal bool Is(string name, ulong major) => Version.Major == major && Name == name;

    internal bool Has(ulong number) => number >= Offset && number - Offset < MessageTypes;
}
