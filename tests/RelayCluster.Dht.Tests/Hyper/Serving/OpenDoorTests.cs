using RelayCluster.Dht.Hyper.Serving;

namespace RelayCluster.Dht.Tests.Hyper.Serving;

public sealed class OpenDoorTests
{
    [Fact]
    public void Shut_WithNobodyInside_IsDone()
    {
        var door = new OpenDoor();
        Assert.True(door.TryEnter());
        door.Leave();

        Assert.True(door.ShutAsync().IsCompleted);
        Assert.False(door.TryEnter());
    }

    [Fact]
    public void Shut_WaitsForTheLast_AndLetsNobodyInMeanwhile()
    {
        var door = new OpenDoor();
        Assert.True(door.TryEnter());
        Assert.True(door.TryEnter());

        Task shut = door.ShutAsync();
        Assert.False(door.TryEnter());
        door.Leave();
        Assert.False(shut.IsCompleted);
        Assert.Same(shut, door.ShutAsync());
        door.Leave();

        Assert.True(shut.IsCompleted);
    }
}
