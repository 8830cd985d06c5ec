using System.Text;

namespace RelayCluster.Host.Tests.Commands;

/// <summary>Text that one side writes while another waits for its lines.</summary>
internal sealed class SharedWriter : TextWriter
{
    private readonly StringBuilder _text = new();
    private readonly Lock _lock = new();
    private readonly List<(int Index, TaskCompletionSource<string> Found)> _waiting = [];

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => Write(value.ToString());

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void WriteLine(string? value) => Write(value + "\n");

    public override void Write(string? value)
    {
        lock (_lock)
        {
            _text.Append(value);
            string[] lines = Lines();
            _waiting.RemoveAll(waiting =>
                waiting.Index < lines.Length && waiting.Found.TrySetResult(lines[waiting.Index]));
        }
    }

    /// <summary>A whole line, as soon as it is there.</summary>
    public Task<string> LineAsync(int index)
    {
        lock (_lock)
        {
            string[] lines = Lines();
            var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (index < lines.Length)
            {
                found.SetResult(lines[index]);
            }
            else
            {
                _waiting.Add((index, found));
            }

            return found.Task;
        }
    }

    public override string ToString()
    {
        lock (_lock)
        {
            return _text.ToString();
        }
    }

    private string[] Lines() => _text.ToString().Split('\n')[..^1];
}
