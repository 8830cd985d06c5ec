namespace RelayCluster.Host.Hocon;

/// <summary>
/// Reads a file and what it includes; an included name counts from the folder of the file that includes it.
/// </summary>
internal sealed class HoconFileSet
{
    // Links in the file system can hide a circle from the names.
    private const int MaxOpen = 32;

    private readonly Func<string, string> _readFile;
    private readonly List<string> _open = [];

    /// <param name="readFile">
    /// Gives the text of a file; throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> as
    /// <see cref="File.ReadAllText(string)"/> does.
    /// </param>
    public HoconFileSet(Func<string, string> readFile)
    {
        _readFile = readFile;
    }

    /// <summary>The tree of a file, its substitutions not yet resolved.</summary>
    /// <exception cref="HoconException">The file cannot be read or is not HOCON.</exception>
    public HoconObject Load(string file)
    {
        try
        {
            return Parse(file, HoconPath.Root);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HoconException(new HoconPosition(file, 0, 0), $"cannot be read: {Explain(e)}", e);
        }
    }

    /// <summary>The fields of an included file; none if it is not there and need not be.</summary>
    /// <param name="include">What is asked for.</param>
    /// <param name="position">Where it is asked for.</param>
    /// <param name="scope">The path of the object that the fields go to.</param>
    public HoconObject Include(HoconInclude include, HoconPosition position, HoconPath scope)
    {
        if (include.Name.Length == 0 || include.Name.Contains('\0', StringComparison.Ordinal))
        {
            throw new HoconException(position, "expected a file to include, found a name that no file has");
        }

        string file = Path.Combine(Path.GetDirectoryName(position.File) ?? "", include.Name);
        if (_open.Contains(Path.GetFullPath(file)) || _open.Count == MaxOpen)
        {
            throw new HoconException(position, $"expected a file that does not include itself, found '{include.Name}'");
        }

        try
        {
            return Parse(file, scope);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException && !include.IsRequired)
        {
            return new HoconObject(position);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HoconException(position, $"expected a file to include, {file} cannot be read: {Explain(e)}", e);
        }
    }

    private HoconObject Parse(string file, HoconPath scope)
    {
        var tokens = new HoconTokenReader(HoconTokenizer.Tokenize(file, _readFile(file)));
        _open.Add(Path.GetFullPath(file));
        HoconObject fields = new HoconParser(tokens, this, scope).ParseFile();
        _open.RemoveAt(_open.Count - 1);
        return fields;
    }

    private static string Explain(Exception e) => e switch
    {
        FileNotFoundException or DirectoryNotFoundException => "no such file",
        UnauthorizedAccessException => "permission denied, or it is a folder",
        _ => e.Message,
    };
}
