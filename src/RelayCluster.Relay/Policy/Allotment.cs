namespace RelayCluster.Relay.Policy;

/// <summary>
/// What one holder has of what it may have: a session, an address, or the whole relay. Without I/O and clock; whoever
/// shares it locks it.
/// </summary>
internal sealed class Allotment
{
    private static readonly int Resources = Enum.GetValues<PolicyResource>().Length;

    private readonly string _holder;
    private readonly int[] _held = new int[Resources];
    private readonly int[] _most = new int[Resources];
    private readonly TokenBucket? _opens;
    private readonly TokenBucket? _bytes;
    private readonly int _opensPerSecond;

    /// <param name="holder">Whose it is: <c>session</c>, <c>address</c>, <c>node</c>.</param>
    /// <param name="limits">What it may have.</param>
    public Allotment(string holder, RateLimits limits)
    {
        _holder = holder;
        _opensPerSecond = limits.OpensPerSecond;
        _opens = limits.OpensPerSecond > 0 ? new TokenBucket(limits.OpensPerSecond) : null;
        _bytes = limits.BytesPerSecond > 0 ? new TokenBucket(limits.BytesPerSecond) : null;
        if (limits is UsageLimits usage)
        {
            _most[(int)PolicyResource.Session] = usage is AddressLimits address ? address.Sessions : 0;
            _most[(int)PolicyResource.Stream] = usage.Streams;
            _most[(int)PolicyResource.Server] = usage.Servers;
            _most[(int)PolicyResource.Query] = usage.Queries;
        }
    }

    /// <summary>How many of something the holder has.</summary>
    public int Held(PolicyResource resource) => _held[(int)resource];

    /// <summary>Whether the holder may have one more; null if so.</summary>
    /// <param name="now">The time.</param>
    /// <param name="resource">Of what.</param>
    /// <param name="isAsked">Whether a client asks for it, so that it counts as opened.</param>
    public PolicyRefusal? Check(TimeSpan now, PolicyResource resource, bool isAsked)
    {
        int most = _most[(int)resource];
        if (most > 0 && Held(resource) >= most)
        {
            string things = PluralOf(resource);
            return new PolicyRefusal(
                $"{_holder}_{things}", $"The {_holder} has {most} {things}, and may not have more");
        }

        return isAsked && _opens?.HasAny(now) == false
            ? new PolicyRefusal(
                $"{_holder}_opens", $"The {_holder} opens more than {_opensPerSecond} a second; try again later")
            : null;
    }

    /// <summary>The holder has one more.</summary>
    public void Add(TimeSpan now, PolicyResource resource, bool isAsked)
    {
        _held[(int)resource]++;
        if (isAsked)
        {
            _opens?.Take(now, 1);
        }
    }

    /// <summary>The holder has so many less.</summary>
    public void Remove(PolicyResource resource, int count = 1) => _held[(int)resource] -= count;

    /// <summary>Bytes went by; tells how long there may be no more where they came from.</summary>
    public TimeSpan Carry(TimeSpan now, int bytes) => _bytes?.Take(now, bytes) ?? TimeSpan.Zero;

    private static string PluralOf(PolicyResource resource) => resource switch
    {
        PolicyResource.Session => "sessions",
        PolicyResource.Stream => "streams",
        PolicyResource.Server => "servers",
        _ => "queries",
    };
}
