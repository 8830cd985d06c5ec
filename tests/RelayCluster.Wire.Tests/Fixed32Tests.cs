namespace RelayCluster.Wire.Tests;

public sealed class Fixed32Tests
{
    [Theory]
    [InlineData("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff")]
    [InlineData("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1EFF")]
    public void TryParse_DigitsOfEitherCase_AreTheBytes(string hex)
    {
        Assert.True(Fixed32.TryParse(hex, out Fixed32 value));
        Assert.Equal([.. Enumerable.Range(0, 31).Select(static i => (byte)i), 255], value.ToArray());
        Assert.Equal(Fixed32.Parse(hex), value);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e")]
    [InlineData("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1ef")]
    [InlineData("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff0")]
    [InlineData("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1efg")]
    [InlineData("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1ef\u0661")]
    public void TryParse_SomethingElse_IsFalse(string? text)
    {
        Assert.False(Fixed32.TryParse(text, out Fixed32 value));
        Assert.Equal(default, value);
    }
}
