namespace RelayCluster.EndToEnd.Tests.Processes;

/// <summary>Where a relay listens on 127.0.0.1.</summary>
internal sealed record RelayAddresses(int WebSocketPort, int TcpPort)
{
    public Uri WebSocket => new($"ws://127.0.0.1:{WebSocketPort}");

    public Uri Http(string path) => new($"http://127.0.0.1:{WebSocketPort}{path}");
}
