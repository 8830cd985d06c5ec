using RelayCluster.Host.Terminal;
using Spectre.Console;

namespace RelayCluster.Host.Reports;

/// <summary>
/// Tells what a command does, each report on its way: the lines for people, or with <c>--json</c> one of JSON. Where
/// standard output is the stream of a connection, all of it goes to standard error.
/// </summary>
internal sealed class Reporter
{
    private static readonly TimeSpan FollowInterval = TimeSpan.FromMilliseconds(250);

    private readonly CommandTerminal _terminal;
    private readonly bool _isJson;
    private readonly bool _isOutputTaken;
    private readonly Lock _lock = new();

    /// <param name="terminal">Where to tell it.</param>
    /// <param name="isJson">Whether as JSON.</param>
    /// <param name="isOutputTaken">Whether standard output is for other things.</param>
    public Reporter(CommandTerminal terminal, bool isJson, bool isOutputTaken = false)
    {
        _terminal = terminal;
        _isJson = isJson;
        _isOutputTaken = isOutputTaken;
    }

    /// <summary>Tells something. May be called on any thread.</summary>
    public void Tell(Report report)
    {
        lock (_lock)
        {
            if (_isJson)
            {
                WriteResult(ReportJson.Write(report));
                return;
            }

            if (report.FormatResult() is { } result)
            {
                WriteResult(result);
            }

            if (report.FormatRemark() is { } remark)
            {
                WriteRemark(remark);
            }
        }
    }

    /// <summary>Tells of things of one kind: as a table for people, or each as a line of JSON.</summary>
    public void TellAll<T>(IReadOnlyCollection<T> reports, TableLayout<T> layout)
        where T : Report
    {
        lock (_lock)
        {
            if (_isJson)
            {
                foreach (T report in reports)
                {
                    WriteResult(ReportJson.Write(report));
                }
            }
            else
            {
                WriteResult(layout.Write(reports));
            }
        }
    }

    /// <summary>
    /// Does something that tells of the same things again and again: where a person would see it, one table changes.
    /// </summary>
    /// <param name="layout">How they are shown there.</param>
    /// <param name="workAsync">The work, which tells a report of them each time, and its rows.</param>
    public Task ShowTableAsync<T>(TableLayout<T> layout, Func<Action<Report, IEnumerable<T>>, Task> workAsync)
        where T : Report =>
        _isJson || _terminal is not { Status: { } console, IsOutputBesideStatus: true }
            ? workAsync((report, _) => Tell(report))
            : console.Live(layout.Draw([])).StartAsync(live => workAsync((_, rows) =>
            {
                live.UpdateTarget(layout.Draw(rows));
                live.Refresh();
            }));

    /// <summary>Does something that takes time, with a status line where a person would see it.</summary>
    /// <param name="doing">The first status.</param>
    /// <param name="workAsync">The work; it may change the status.</param>
    public async Task<T> ShowAsync<T>(string doing, Func<Action<string>, Task<T>> workAsync) =>
        _terminal.Status is null
            ? await workAsync(_ => { })
            : await _terminal.Status.Status().StartAsync(
                Markup.Escape(doing),
                context => workAsync(status => context.Status = Markup.Escape(status)));

    /// <inheritdoc cref="ShowAsync{T}(string, Func{Action{string}, Task{T}})"/>
    public Task ShowAsync(string doing, Func<Action<string>, Task> workAsync) =>
        ShowAsync(doing, show => ReturningAsync(workAsync(show)));

    /// <summary>Does something that goes on and on, with a status line that follows.</summary>
    /// <param name="describe">How things stand; may be called on any thread.</param>
    /// <param name="workAsync">The work.</param>
    public Task<T> ShowAsync<T>(Func<string> describe, Func<Task<T>> workAsync) =>
        _terminal.Status is null
            ? workAsync()
            : ShowAsync(describe(), show => FollowAsync(describe, show, workAsync()));

    /// <inheritdoc cref="ShowAsync{T}(Func{string}, Func{Task{T}})"/>
    public Task ShowAsync(Func<string> describe, Func<Task> workAsync) =>
        ShowAsync(describe, () => ReturningAsync(workAsync()));

    /// <summary>
    /// The same beside a connection on the standard streams: no status line if they are this very terminal.
    /// </summary>
    public Task<T> ShowBesideAsync<T>(Func<string> describe, Func<Task<T>> workAsync) =>
        _terminal.IsOutputBesideStatus || _terminal.Input.Kind == InputKind.Terminal
            ? workAsync()
            : ShowAsync(describe, workAsync);

    /// <inheritdoc cref="ShowBesideAsync{T}"/>
    public Task ShowBesideAsync(Func<string> describe, Func<Task> workAsync) =>
        ShowBesideAsync(describe, () => ReturningAsync(workAsync()));

    private static async Task<bool> ReturningAsync(Task work)
    {
        await work;
        return true;
    }

    private static async Task<T> FollowAsync<T>(Func<string> describe, Action<string> show, Task<T> work)
    {
        using var interval = new PeriodicTimer(FollowInterval);
        while (await Task.WhenAny(work, interval.WaitForNextTickAsync().AsTask()) != work)
        {
            show(describe());
        }

        return await work;
    }

    private void WriteResult(string lines)
    {
        if (_isOutputTaken)
        {
            WriteRemark(lines);
        }
        else if (_terminal is { Status: { } status, IsOutputBesideStatus: true })
        {
            status.Write(new PlainLines(lines));
        }
        else
        {
            _terminal.Output.WriteLine(lines);
            _terminal.Output.Flush();
        }
    }

    /// <summary>Through the console of the status line, if there is one: it moves out of the way.</summary>
    private void WriteRemark(string line)
    {
        if (_terminal.Status is { } status)
        {
            status.Write(new PlainLines(line));
        }
        else
        {
            _terminal.Error.WriteLine(line);
        }
    }
}
