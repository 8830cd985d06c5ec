namespace RelayCluster.Dht.Rpc.Messages;

/// <summary>Which optional fields a reply has. Unknown bits are ignored.</summary>
[Flags]
internal enum ReplyFlags
{
    None = 0,
    Id = 1,
    Token = 2,
    CloserNodes = 4,
    Error = 8,
    Value = 16,
}
