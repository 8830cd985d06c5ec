namespace RelayCluster.Host.Hocon;

/// <summary>
/// Keys and their values, in the order of their first assignment. Only the parser and the resolver fill it.
/// </summary>
internal sealed class HoconObject : HoconValue
{
    private readonly Dictionary<string, HoconValue> _fields = new(StringComparer.Ordinal);

    public HoconObject(HoconPosition position)
        : base(position)
    {
    }

    public IReadOnlyDictionary<string, HoconValue> Fields => _fields;

    public override bool IsResolved => _fields.Values.All(value => value.IsResolved);

    /// <summary>The value of a key; null when it has none.</summary>
    public HoconValue? this[string key] => _fields.GetValueOrDefault(key);

    /// <summary>Assigns a key of this object or, by a longer path, of an object inside it.</summary>
    public void Assign(HoconPath path, HoconValue value)
    {
        for (int i = path.Length - 1; i > 0; i--)
        {
            var inner = new HoconObject(value.Position);
            inner._fields.Add(path[i], value);
            value = inner;
        }

        Assign(path[0], value);
    }

    /// <summary>Assigns all fields of another object.</summary>
    public void Assign(HoconObject fields)
    {
        foreach ((string key, HoconValue value) in fields._fields)
        {
            Assign(key, value);
        }
    }

    /// <summary>A new object with this one's fields and, over them, the other's.</summary>
    public HoconObject MergedWith(HoconObject newer)
    {
        var merged = new HoconObject(Position);
        merged.Assign(this);
        merged.Assign(newer);
        return merged;
    }

    private void Assign(string key, HoconValue value) =>
        _fields[key] = _fields.TryGetValue(key, out HoconValue? older) ? Combine(older, value) : value;
}
