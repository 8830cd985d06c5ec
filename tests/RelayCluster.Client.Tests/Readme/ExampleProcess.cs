using System.Diagnostics;
using RelayCluster.Client.Tests.Scenes;

namespace RelayCluster.Client.Tests.Readme;

/// <summary>The README's program, running.</summary>
internal sealed class ExampleProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    private ExampleProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public static ExampleProcess Start(params string[] arguments)
    {
        // where it was built: what is copied beside these tests lacks what their own frameworks have
        string program = Path.GetFullPath(
            AppContext.BaseDirectory.Replace(
                "RelayCluster.Client.Tests", "RelayCluster.Client.Example", StringComparison.Ordinal)
            + "RelayCluster.Client.Example.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new ExampleProcess(Process.Start(start)!);
    }

    public async Task<string> ReadLineAsync() =>
        await _process.StandardOutput.ReadLineAsync().Within()
        ?? throw new EndOfStreamException($"the program has ended: {await _errors}");

    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync().Within();
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
