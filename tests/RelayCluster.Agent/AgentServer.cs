using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using RelayCluster.Agent.Calls;
using RelayCluster.Agent.Frames;
using RelayCluster.Dht;

namespace RelayCluster.Agent;

/// <summary>
/// Our nodes in the hands of the JavaScript tests: what a test does with an npm node it can do, through the agent, with
/// one of ours. Each thing that a test has in hand is a call, with a TCP connection of its own:
/// <code>
///   { call: "node", ... }      a node, which lives until the test hangs up       NodeCall
///   { call: "connect", ... }   a connection, then its messages both ways         ConnectCall, StreamExchange
///   { call: "listen", ... }    a server: firewall questions, accepted streams    ListenCall
///   { call: "accept", ... }    the messages of a stream that a server accepted   AcceptCall, StreamExchange
///   { call: "destroy", ... }   cuts a stream, whatever is in its pipes           DestroyCall
///   { call: "lookup", ... }    and announce, unannounce: a reply a frame         QueryCall
/// </code>
/// A connection carries frames (<see cref="FrameConnection"/>): lines of JSON, and messages of streams as they are. So
/// messages keep their bounds, a test that does not read stops the stream by TCP's own means, and to hang up is to
/// cancel.
/// </summary>
internal sealed class AgentServer : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<Task, bool> _calls = new();
    private readonly Registry<IDhtNode> _nodes = new();
    private readonly Registry<DhtStream> _streams = new();
    private readonly Task _accepting;

    private AgentServer(TcpListener listener)
    {
        _listener = listener;
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public static AgentServer Start()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start(backlog: 1024);
        return new AgentServer(listener);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_calls.Keys);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket socket = await _listener.AcceptSocketAsync(_stopping.Token);
                Task call = ServeAsync(socket);
                _calls.TryAdd(call, true);
                foreach (Task done in _calls.Keys.Where(c => c.IsCompleted))
                {
                    _calls.TryRemove(done, out _);
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await using var connection = new FrameConnection(socket);
        await using CancellationTokenRegistration _ = _stopping.Token.Register(connection.HangUp);
        try
        {
            if (await connection.ReadAsync() is { Json: { } request })
            {
                await DispatchAsync(request, connection);
            }
        }
        catch (Exception e) when (e is DhtException or OperationCanceledException)
        {
            await connection.WriteAsync(Answers.Failure(e));
        }
        catch (Exception e) when (e is not IOException)
        {
            await Console.Error.WriteLineAsync($"agent: {e}");
            await connection.WriteAsync(Answers.Failure(e));
        }
    }

    private Task DispatchAsync(JsonObject request, FrameConnection connection) => (string)request["call"]! switch
    {
        "node" => new NodeCall(request, connection, _nodes).RunAsync(),
        "connect" => new ConnectCall(request, connection, NodeOf(request), _streams).RunAsync(),
        "listen" => new ListenCall(request, connection, NodeOf(request), _streams).RunAsync(),
        "accept" => new AcceptCall(request, connection, _streams).RunAsync(),
        "destroy" => new DestroyCall(request, connection, _streams).RunAsync(),
        _ => new QueryCall(request, connection, NodeOf(request)).RunAsync(),
    };

    private IDhtNode NodeOf(JsonObject request) =>
        _nodes.Find((int)request["node"]!) ?? throw new DhtException(DhtError.NodeDestroyed);
}
