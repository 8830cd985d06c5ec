using System.Net;
using RelayCluster.Dht.Hyper;

namespace RelayCluster.Dht.Tests.Hyper;

public sealed class BootstrapNodeTests
{
    [Theory]
    [InlineData("127.0.0.1:49737")]
    [InlineData("node1.hyperdht.org:49737")]
    [InlineData("88.99.3.86@node1.hyperdht.org:49737")]
    public void Parse_WhatToStringWrites_IsTheSame(string text)
    {
        BootstrapNode node = BootstrapNode.Parse(text);

        Assert.Equal(text, node.ToString());
        Assert.Equal(49737, node.Port);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData("localhost:")]
    [InlineData("localhost:0")]
    [InlineData("localhost:65536")]
    [InlineData("localhost:-1")]
    [InlineData(":80")]
    [InlineData("a b:80")]
    [InlineData("nowhere@host:80")]
    [InlineData("1.2.3.4@:80")]
    public void TryParse_AnythingElse_IsRefused(string? text)
    {
        Assert.False(BootstrapNode.TryParse(text, out _));
    }

    [Fact]
    public void Public_AreTheReferences()
    {
        Assert.Equal(
            [
                "88.99.3.86@node1.hyperdht.org:49737",
                "142.93.90.113@node2.hyperdht.org:49737",
                "138.68.147.8@node3.hyperdht.org:49737",
            ],
            BootstrapNode.Public.Select(n => n.ToString()));
    }

    [Fact]
    public void At_AnEndPoint_IsItsAddress() =>
        Assert.Equal("127.0.0.1:9", BootstrapNode.At(new IPEndPoint(IPAddress.Loopback, 9)).ToString());
}
