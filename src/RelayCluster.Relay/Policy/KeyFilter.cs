using System.Collections.Frozen;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Policy;

/// <summary>Rules about public keys, ready to be asked, and what those hear who may not.</summary>
internal sealed class KeyFilter(AccessRules<Fixed32> rules, PolicyRefusal refusal)
{
    private readonly FrozenSet<Fixed32> _allowed = rules.Allow.ToFrozenSet();
    private readonly FrozenSet<Fixed32> _denied = rules.Deny.ToFrozenSet();

    /// <summary>Null: the key is let in.</summary>
    public PolicyRefusal? Check(Fixed32 key) =>
        _denied.Contains(key) || (_allowed.Count > 0 && !_allowed.Contains(key)) ? refusal : null;
}
