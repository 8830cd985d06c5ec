using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace RelayCluster.TestBroker;

/// <summary>
/// A RabbitMQ broker for tests, started as a process of its own by <c>tests/broker</c>. It dies with this process at the
/// latest, since it lives as long as its standard input is open.
/// </summary>
public sealed class Broker : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(90);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("relay-broker-");
    private readonly string? _plugins;
    private Process? _process;

    private Broker(int port, string? plugins)
    {
        Port = port;
        _plugins = plugins;
    }

    /// <summary>Where it listens, or will again.</summary>
    public int Port { get; }

    /// <summary>Its address, with the user that every broker has.</summary>
    public string Address => AddressAt(Port);

    /// <summary>The address of a broker on another port of 127.0.0.1.</summary>
    public static string AddressAt(int port) => $"amqp://guest:guest@127.0.0.1:{port}";

    /// <summary>A broker that can be used.</summary>
    /// <param name="plugins">Its plugins, with commas between them; null for what relays need.</param>
    public static async Task<Broker> StartAsync(string? plugins = null)
    {
        var broker = new Broker(FreePort(), plugins);
        await broker.StartAgainAsync();
        return broker;
    }

    /// <summary>
    /// A port of 127.0.0.1 where nobody listens, of those that the system does not give to whoever asks for any: who
    /// tries to connect while nobody listens would in the end be given that very port, and connect to himself.
    /// </summary>
    public static int FreePort()
    {
        while (true)
        {
            using var listener = new TcpListener(IPAddress.Loopback, Random.Shared.Next(20_000, 32_000));
            try
            {
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // The next one.
            }
        }
    }

    /// <summary>Kills it.</summary>
    public async Task StopAsync()
    {
        if (_process is { } process)
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync();
            process.Dispose();
            _process = null;
        }
    }

    /// <summary>Starts it on its former port.</summary>
    public async Task StartAgainAsync()
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var output = new List<string>();
        var start = new ProcessStartInfo(Path.Combine(FindRoot(), "tests", "broker"))
        {
            ArgumentList = { _directory.FullName, $"{Port}" },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (_plugins is not null)
        {
            start.Environment["BROKER_PLUGINS"] = _plugins;
        }

        var process = new Process { StartInfo = start };
        void Keep(object sender, DataReceivedEventArgs e)
        {
            lock (output)
            {
                output.Add(e.Data ?? "");
            }

            if (e.Data?.Contains("Server startup complete", StringComparison.Ordinal) == true)
            {
                started.TrySetResult();
            }
        }

        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _process = process;
        Task ended = process.WaitForExitAsync();
        if (await Task.WhenAny(started.Task, ended, Task.Delay(StartDeadline)) != started.Task)
        {
            await StopAsync();
            lock (output)
            {
                throw new InvalidOperationException($"the broker did not start:\n{string.Join('\n', output)}");
            }
        }
    }

    /// <summary>Kills it, and leaves nothing behind.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _directory.Delete(recursive: true);
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "RelayCluster.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("the tests are not in the project's folder");
        }

        return folder.FullName;
    }
}
