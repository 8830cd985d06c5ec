namespace RelayCluster.Client.Tests.Scenes;

/// <summary>Who has the secret keys.</summary>
public static class Custodies
{
    public static TheoryData<bool> OfOne => new() { true };

    public static TheoryData<bool, bool> OfTwo => new() { { true, true } };
}
