namespace RelayCluster.Client.Tests.Scenes;

/// <summary>Who has the secret keys: true, the relay.</summary>
public static class Custodies
{
    public static TheoryData<bool> OfOne => new() { true, false };

    public static TheoryData<bool, bool> OfTwo => new() { { true, true }, { true, false }, { false, false } };
}
