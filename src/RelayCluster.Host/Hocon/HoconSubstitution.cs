namespace RelayCluster.Host.Hocon;

/// <summary>
/// <c>${path}</c>, or <c>${?path}</c>: the value at a path, else of the environment variable of that name.
/// </summary>
internal sealed class HoconSubstitution : HoconValue
{
    public HoconSubstitution(HoconPath path, HoconPath scope, bool isOptional, HoconPosition position)
        : base(position)
    {
        Path = path;
        Scope = scope;
        IsOptional = isOptional;
    }

    public HoconPath Path { get; }

    /// <summary>Where the file is included that says this: its paths are looked up below that point first.</summary>
    public HoconPath Scope { get; }

    /// <summary>Whether an undefined value is left out instead of being an error.</summary>
    public bool IsOptional { get; }

    public override bool IsResolved => false;
}
