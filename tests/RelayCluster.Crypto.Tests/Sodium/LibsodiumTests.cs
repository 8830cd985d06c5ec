using RelayCluster.Crypto.Sodium;

namespace RelayCluster.Crypto.Tests.Sodium;

public sealed class LibsodiumTests
{
    [Fact]
    public void EnsureLoaded_WhereItIsInstalled_Returns()
    {
        Libsodium.EnsureLoaded();
        Libsodium.EnsureLoaded();
    }

    [Fact]
    public void Load_UnderNoKnownName_SaysInOneLineHowToInstallIt()
    {
        var error = Assert.Throws<LibsodiumMissingException>(() => Libsodium.Load(["libsodium-that-nobody-has"]));
        Assert.Contains("apt-get install libsodium23", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }
}
