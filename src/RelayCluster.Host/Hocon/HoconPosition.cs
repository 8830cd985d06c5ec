namespace RelayCluster.Host.Hocon;

/// <summary>
/// Where something stands in a file; lines and columns count from one, and line zero means the whole file.
/// </summary>
internal readonly record struct HoconPosition(string File, int Line, int Column)
{
    /// <summary>The form that editors and terminals turn into a link: <c>relay.conf:12:5</c>.</summary>
    public override string ToString() => Line == 0 ? File : $"{File}:{Line}:{Column}";
}
