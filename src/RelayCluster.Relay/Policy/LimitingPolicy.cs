using System.Net;

namespace RelayCluster.Relay.Policy;

/// <summary>
/// The policy that goes by options: lists of keys and addresses, and limits for each session, for each address and for
/// the relay as a whole. What is wanted must be within all of them.
/// </summary>
public sealed class LimitingPolicy : IRelayPolicy
{
    private readonly TimeProvider _timeProvider;
    private readonly RateLimits _ofSession;
    private readonly bool _limitsBytes;
    private readonly AddressFilter _addressFilter;
    private readonly AddressTable _addresses;
    private readonly Allotment _node;

    // One for all, because what is wanted is checked with several holders and then given by all or by none.
    private readonly Lock _lock = new();

    /// <summary>A policy for one relay, under which nobody has anything yet.</summary>
    /// <param name="options">Read here; not to be changed afterwards.</param>
    /// <param name="timeProvider">The clock of the rates.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public LimitingPolicy(PolicyOptions options, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(timeProvider);
        RateLimits[] limits = [options.Session, options.Address, options.Node];
        foreach (RateLimits part in limits)
        {
            OptionRanges.Check(part);
        }

        _timeProvider = timeProvider;
        _ofSession = options.Session;
        _limitsBytes = Array.Exists(limits, static part => part.BytesPerSecond > 0);
        _addresses = new AddressTable(options.Address);
        _node = new Allotment("node", options.Node);
        _addressFilter = new AddressFilter(
            options.Addresses, Denied("address", "Clients from this address are not served"));
        Clients = new KeyFilter(options.Clients, Denied("client", "Clients with this public key are not served"));
        Servers = new KeyFilter(options.Servers, Denied("server", "This public key may not be listened on"));
        Remotes = new KeyFilter(options.Remotes, Denied("remote", "This public key may not be connected to"));
    }

    internal KeyFilter Clients { get; }

    internal KeyFilter Servers { get; }

    internal KeyFilter Remotes { get; }

    private TimeSpan Now => _timeProvider.GetElapsedTime(0);

    /// <inheritdoc/>
    public ValueTask<PolicyAdmission> AdmitAsync(
        string sessionId,
        ClientOrigin client,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        return ValueTask.FromResult(Admit(client.Address));
    }

    /// <summary>Gives one to all holders, if all of them may have it; null if so.</summary>
    internal PolicyRefusal? Take(Allotment[] holders, PolicyResource resource, bool isAsked)
    {
        lock (_lock)
        {
            TimeSpan now = Now;
            foreach (Allotment holder in holders)
            {
                if (holder.Check(now, resource, isAsked) is { } refusal)
                {
                    return refusal;
                }
            }

            foreach (Allotment holder in holders)
            {
                holder.Add(now, resource, isAsked);
            }

            return null;
        }
    }

    internal void Return(Allotment[] holders, PolicyResource resource, int count)
    {
        lock (_lock)
        {
            foreach (Allotment holder in holders)
            {
                holder.Remove(resource, count);
            }
        }
    }

    /// <summary>The longest that any of the holders has to wait.</summary>
    internal TimeSpan Carry(Allotment[] holders, int bytes)
    {
        if (!_limitsBytes)
        {
            return TimeSpan.Zero;
        }

        TimeSpan longest = TimeSpan.Zero;
        lock (_lock)
        {
            TimeSpan now = Now;
            foreach (Allotment holder in holders)
            {
                TimeSpan wait = holder.Carry(now, bytes);
                longest = wait > longest ? wait : longest;
            }
        }

        return longest;
    }

    internal void Leave(IPAddress address)
    {
        lock (_lock)
        {
            _addresses.Leave(Now, address);
        }
    }

    private static PolicyRefusal Denied(string what, string text) => new($"denied_{what}", text);

    private PolicyAdmission Admit(IPAddress? address)
    {
        if (_addressFilter.Check(address) is { } denial)
        {
            return PolicyAdmission.Refuse(denial);
        }

        var own = new Allotment("session", _ofSession);
        Allotment[] holders = [own, _node];
        if (address is not null)
        {
            lock (_lock)
            {
                holders = [own, _addresses.Enter(Now, address), _node];
            }
        }

        // The session itself has no number of sessions, and its rate of opens is for what it opens.
        if (Take(holders[1..], PolicyResource.Session, isAsked: true) is { } refusal)
        {
            if (address is not null)
            {
                Leave(address);
            }

            return PolicyAdmission.Refuse(refusal);
        }

        return PolicyAdmission.Admit(new LimitedSession(this, address, holders));
    }
}
