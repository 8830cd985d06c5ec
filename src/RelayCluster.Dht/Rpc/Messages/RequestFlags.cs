namespace RelayCluster.Dht.Rpc.Messages;

/// <summary>Which optional fields a request has. Unknown bits are ignored.</summary>
[Flags]
internal enum RequestFlags
{
    None = 0,
    Id = 1,
    Token = 2,
    Internal = 4,
    Target = 8,
    Value = 16,
}
