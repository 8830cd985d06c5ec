using RelayCluster.Client.Transports;

namespace RelayCluster.Client.Tests.Transports;

public sealed class RelayAddressTests
{
    [Theory]
    [InlineData("ws://relay.example", "ws://relay.example:7/")]
    [InlineData("wss://relay.example/path?query", "wss://relay.example:7/path?query")]
    [InlineData("ws://relay.example:80", "ws://relay.example/")]
    [InlineData("wss://relay.example:443/", "wss://relay.example/")]
    [InlineData("tcp://127.0.0.1", "tcp://127.0.0.1:7/")]
    [InlineData("tcp://127.0.0.1:9", "tcp://127.0.0.1:9/")]
    [InlineData("ws://[::1]", "ws://[::1]:7/")]
    [InlineData("ws://[::1]:9", "ws://[::1]:9/")]
    public void WithPort_GivesItOneWhereItHasNone(string relay, string expected) =>
        Assert.Equal(expected, RelayAddress.WithPort(new Uri(relay), 7).AbsoluteUri);
}
