using System.Net;

namespace RelayCluster.Relay.Policy;

/// <summary>Rules about addresses, ready to be asked, and what those hear who may not come.</summary>
internal sealed class AddressFilter(AccessRules<IPNetwork> rules, PolicyRefusal refusal)
{
    private readonly IPNetwork[] _allowed = [.. rules.Allow];
    private readonly IPNetwork[] _denied = [.. rules.Deny];

    /// <summary>Null: the address, which is null if it is not known, is let in.</summary>
    public PolicyRefusal? Check(IPAddress? address) =>
        IsIn(_denied, address) || (_allowed.Length > 0 && !IsIn(_allowed, address)) ? refusal : null;

    private static bool IsIn(IPNetwork[] networks, IPAddress? address) =>
        address is not null && Array.Exists(networks, network => network.Contains(address));
}
