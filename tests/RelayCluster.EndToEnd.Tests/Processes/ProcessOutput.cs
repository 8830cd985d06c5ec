using System.Text;
using System.Text.RegularExpressions;

namespace RelayCluster.EndToEnd.Tests.Processes;

/// <summary>What a process printed to one of its streams, and who waits for what it prints next.</summary>
internal sealed class ProcessOutput
{
    private readonly StringBuilder _text = new();
    private readonly Lock _lock = new();
    private readonly List<(Regex Pattern, TaskCompletionSource<Match> Found)> _waiting = [];

    /// <summary>All of it so far.</summary>
    public string Text
    {
        get
        {
            lock (_lock)
            {
                return _text.ToString();
            }
        }
    }

    /// <summary>Takes a line; null at the end.</summary>
    public void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_lock)
        {
            string all = _text.Append(line).Append('\n').ToString();
            _waiting.RemoveAll(waiting =>
                waiting.Pattern.Match(all) is { Success: true } match && waiting.Found.TrySetResult(match));
        }
    }

    /// <summary>Completes when the pattern is found in all that was printed.</summary>
    public Task<Match> FindAsync(Regex pattern)
    {
        lock (_lock)
        {
            var found = new TaskCompletionSource<Match>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (pattern.Match(_text.ToString()) is { Success: true } match)
            {
                found.SetResult(match);
            }
            else
            {
                _waiting.Add((pattern, found));
            }

            return found.Task;
        }
    }
}
