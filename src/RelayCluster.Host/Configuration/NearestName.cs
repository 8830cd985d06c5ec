namespace RelayCluster.Host.Configuration;

/// <summary>Guesses which name was meant by one that does not exist.</summary>
internal static class NearestName
{
    /// <summary>
    /// The candidate within a third of the name's length in edits, at most three; null if none is so near.
    /// </summary>
    public static string? Find(string name, IEnumerable<string> candidates)
    {
        (int distance, string? nearest) = candidates
            .Select(candidate => (Distance(name, candidate), (string?)candidate))
            .DefaultIfEmpty((int.MaxValue, null))
            .MinBy(pair => pair.Item1);
        return distance <= Math.Min(3, name.Length / 3) ? nearest : null;
    }

    /// <summary>
    /// Inserted, deleted, changed characters, and swapped neighbours, that lead from one to the other.
    /// </summary>
    private static int Distance(string from, string to)
    {
        int[,] edits = new int[from.Length + 1, to.Length + 1];
        for (int i = 0; i <= from.Length; i++)
        {
            for (int j = 0; j <= to.Length; j++)
            {
                edits[i, j] = (i, j) switch
                {
                    (0, _) => j,
                    (_, 0) => i,
                    _ => Math.Min(
                        Math.Min(edits[i - 1, j], edits[i, j - 1]) + 1,
                        edits[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1)),
                };
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                {
                    edits[i, j] = Math.Min(edits[i, j], edits[i - 2, j - 2] + 1);
                }
            }
        }

        return edits[from.Length, to.Length];
    }
}
