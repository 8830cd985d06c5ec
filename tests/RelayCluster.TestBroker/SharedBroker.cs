namespace RelayCluster.TestBroker;

/// <summary>The broker of a collection of tests, as a fixture: <c>ICollectionFixture&lt;SharedBroker&gt;</c>.</summary>
public sealed class SharedBroker : IAsyncLifetime
{
    /// <summary>The broker.</summary>
    public Broker Broker { get; private set; } = null!;

    /// <inheritdoc/>
    public async Task InitializeAsync() => Broker = await Broker.StartAsync();

    /// <inheritdoc/>
    public Task DisposeAsync() => Broker.DisposeAsync().AsTask();
}
