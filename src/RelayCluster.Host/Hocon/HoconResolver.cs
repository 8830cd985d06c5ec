namespace RelayCluster.Host.Hocon;

/// <summary>
/// Puts values in the place of substitutions. A value is resolved when it is asked for, so the order in a file does not
/// matter, and remembered, so it is resolved once.
/// <para>
/// A value that is being resolved is <em>open</em>. A substitution that comes back to an open value refers to itself:
/// where the key was assigned before (<see cref="HoconOverlay"/>) the older value is meant, otherwise nothing is there
/// to be found. What was found by such a look back is right only within the value that was open, so it is not
/// remembered:
/// <code>
/// a = 1
/// b = ${a}      while a is being resolved this is 1, afterwards it is 12
/// a = ${b}2
/// </code>
/// What is found nowhere is taken from the environment variable of that name.
/// </para>
/// </summary>
internal sealed class HoconResolver
{
    // Three frames of the stack go with a level, at some hundred bytes each: well within a thread's megabyte.
    private const int MaxDepth = 1000;

    private readonly HoconObject _root;
    private readonly Func<string, string?> _environment;
    private readonly Dictionary<HoconValue, HoconValue?> _resolved = [];
    private readonly Dictionary<HoconValue, int> _open = [];
    private int _lowestLookBack = int.MaxValue;

    private HoconResolver(HoconObject root, Func<string, string?> environment)
    {
        _root = root;
        _environment = environment;
    }

    /// <summary>The tree with every substitution replaced.</summary>
    /// <param name="root">As parsed.</param>
    /// <param name="environment">The value of an environment variable; null if it is not set.</param>
    /// <exception cref="HoconException">A value is undefined, or values do not go together.</exception>
    public static HoconObject Resolve(HoconObject root, Func<string, string?> environment) =>
        (HoconObject)new HoconResolver(root, environment).Resolve(root)!;

    private HoconValue? Resolve(HoconValue value)
    {
        if (value is HoconScalar)
        {
            return value;
        }

        if (_resolved.TryGetValue(value, out HoconValue? known))
        {
            return known;
        }

        int level = _open.Count;
        if (level == MaxDepth)
        {
            throw new HoconException(value.Position, $"expected at most {MaxDepth} values that refer to one another");
        }

        int outerLookBack = _lowestLookBack;
        _lowestLookBack = int.MaxValue;
        _open.Add(value, level);
        HoconValue? result = Evaluate(value);
        _open.Remove(value);
        if (_lowestLookBack >= level)
        {
            _resolved.Add(value, result);
            _lowestLookBack = int.MaxValue;
        }

        _lowestLookBack = Math.Min(_lowestLookBack, outerLookBack);
        return result;
    }

    private HoconValue? Evaluate(HoconValue value) => value switch
    {
        HoconObject fields => Evaluate(fields),
        HoconList list => new HoconList([.. list.Items.Select(Resolve).OfType<HoconValue>()], list.Position),
        HoconConcatenation concatenation => HoconJoin.Join(concatenation.Parts.Select(Resolve), concatenation.Position),
        HoconOverlay overlay => Evaluate(overlay),
        HoconSubstitution substitution => Evaluate(substitution),
        _ => value,
    };

    private HoconObject Evaluate(HoconObject fields)
    {
        var result = new HoconObject(fields.Position);
        foreach ((string key, HoconValue field) in fields.Fields)
        {
            if (Resolve(field) is { } value)
            {
                result.Assign(new HoconPath(key), value);
            }
        }

        return result;
    }

    private HoconValue? Evaluate(HoconOverlay overlay)
    {
        HoconValue? newer = Resolve(overlay.Newer);
        return newer switch
        {
            null => Resolve(overlay.Older),
            HoconObject when Resolve(overlay.Older) is { } older => HoconValue.Combine(older, newer),
            _ => newer,
        };
    }

    private HoconValue? Evaluate(HoconSubstitution substitution)
    {
        HoconValue? found = substitution.Scope.Length > 0 ? Find(substitution.Scope.Append(substitution.Path)) : null;
        found ??= Find(substitution.Path);
        if (found is null && _environment(substitution.Path.ToPlainString()) is { } text)
        {
            found = new HoconScalar(text, isQuoted: true, substitution.Position);
        }

        return found is not null || substitution.IsOptional
            ? found
            : throw new HoconException(
                substitution.Position,
                $"expected '{substitution.Path}' to be defined, by a file (other than by itself) or the environment");
    }

    private HoconValue? Find(HoconPath path)
    {
        HoconValue? value = _root;
        for (int i = 0; value is not null; i++)
        {
            value = LookBack(value, i < path.Length ? path[i] : null);
            if (i == path.Length || value is null)
            {
                return value is null ? null : ResolveUnlessOpen(value);
            }

            HoconObject? fields = value as HoconObject ?? ResolveUnlessOpen(value) as HoconObject;
            value = fields?[path[i]];
        }

        return null;
    }

    /// <summary>
    /// Of an open overlay, the part that may be asked: the older one, or the newer if it has the key.
    /// </summary>
    private HoconValue LookBack(HoconValue value, string? key)
    {
        while (value is HoconOverlay overlay && _open.TryGetValue(overlay, out int level))
        {
            _lowestLookBack = Math.Min(_lowestLookBack, level);
            bool hasKey = key is not null && overlay.Newer is HoconObject fields && fields[key] is { } field
                && !_open.ContainsKey(field);
            value = hasKey ? overlay.Newer : overlay.Older;
        }

        return value;
    }

    private HoconValue? ResolveUnlessOpen(HoconValue value)
    {
        if (!_open.TryGetValue(value, out int level))
        {
            return Resolve(value);
        }

        _lowestLookBack = Math.Min(_lowestLookBack, level);
        return null;
    }
}
