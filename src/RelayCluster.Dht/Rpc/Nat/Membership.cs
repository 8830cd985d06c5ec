using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Rpc.Nat;

/// <summary>
/// Whether the node is a full member of the DHT, and under which address. A member tells its id, is listed by others
/// and stores for them; so it must be reachable, and others must agree on where: its id is a hash of that address.
/// </summary>
/// <remarks>
/// <code>
///  ephemeral ──consensus on address and port, and the rule below──► member at that address
///      ▲                                                              │   │ consensus moves
///      └────────────── machine slept (adaptive only) ─────────────────┘   └──► member at the new address
/// </code>
/// The rule. Told to be ephemeral: never. Told to be a member: as soon as there is a consensus; a node that is bound to
/// one address begins with itself as the first witness, so that the first node of a private DHT has an id although
/// nobody could see it yet. Told nothing: after 20 minutes under one consensus, if strangers can reach the node.
/// </remarks>
internal sealed class Membership
{
    /// <summary>How long an address must not change before an adaptive node takes it for good.</summary>
    public static readonly TimeSpan StablePeriod = TimeSpan.FromMinutes(20);

    private readonly bool? _wantsEphemeral;
    private readonly UdpEndPoint _localEndPoint;
    private TimeSpan _consensusSince;

    public Membership(bool? wantsEphemeral, bool isFirewalled, UdpEndPoint localEndPoint)
    {
        if (wantsEphemeral == false && isFirewalled)
        {
            throw new ArgumentException("a firewalled node cannot be a member: others could not reach it");
        }

        _wantsEphemeral = wantsEphemeral;
        _localEndPoint = localEndPoint;
        IsFirewalled = isFirewalled;
        if (wantsEphemeral == false && localEndPoint.Address != 0)
        {
            Nat.Add(localEndPoint);
        }
    }

    /// <summary>How others see us.</summary>
    public NatSampler Nat { get; } = new();

    /// <summary>Whether strangers cannot reach us.</summary>
    public bool IsFirewalled { get; }

    /// <summary>The address that we are a member at; null while ephemeral.</summary>
    public UdpEndPoint? MemberAddress { get; private set; }

    public bool IsEphemeral => MemberAddress is null;

    /// <summary>Where strangers can reach us; null if they cannot or it is not known.</summary>
    /// <remarks>
    /// Another port than ours means that somebody translates ports, and then our being open is doubtful.
    /// </remarks>
    public UdpEndPoint? RemoteAddress =>
        !IsFirewalled && Nat.Consensus is UdpEndPoint consensus && consensus.Port == _localEndPoint.Port
            ? consensus
            : null;

    public NatKind Kind => IsFirewalled ? Nat.Kind : NatKind.Open;

    /// <summary>A witness tells how it sees us; true if the consensus changed.</summary>
    public bool HandleWitness(TimeSpan now, UdpEndPoint seenAs)
    {
        bool changed = Nat.Add(seenAs);
        _consensusSince = changed ? now : _consensusSince;
        return changed;
    }

    /// <summary>Becomes a member, or moves, if it is time; true if <see cref="MemberAddress"/> changed.</summary>
    public bool TryJoin(TimeSpan now)
    {
        bool mayJoin = _wantsEphemeral switch
        {
            null => !IsFirewalled && now - _consensusSince >= StablePeriod,
            bool wantsEphemeral => !wantsEphemeral,
        };
        if (!mayJoin || Nat.Consensus is not { Port: > 0 } address || address == MemberAddress)
        {
            return false;
        }

        MemberAddress = address;
        return true;
    }

    /// <summary>The machine slept and may be anywhere now; true if the node is no member any more.</summary>
    public bool HandleWakeUp(TimeSpan now)
    {
        _consensusSince = now;
        if (_wantsEphemeral is not null || IsEphemeral)
        {
            return false;
        }

        MemberAddress = null;
        return true;
    }
}
