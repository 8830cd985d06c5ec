using RelayCluster.Host.Topics;

namespace RelayCluster.Host.Tests.Topics;

public sealed class HexOrHashTests
{
    [Theory]
    [InlineData("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")]
    [InlineData("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F")]
    public void Sixty_four_hexadecimal_digits_are_the_bytes(string text)
    {
        Assert.Equal(text.ToLowerInvariant(), HexOrHash.Read(text).ToString());
    }

    // Made with hash(Buffer.from(text)) of the npm packages hypercore-crypto 3.7.0 and hyperdht 6.34.0.
    [Theory]
    [InlineData("chat", "568ce007051fded19e9a754a5053f8eed8fa05984a34cd5d96685e5016d39dde")]
    [InlineData("abc", "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319")]
    [InlineData("\u00e9\U0001f600", "303ce3b175610c836fbba3e6ab68775ef5dbbc536da6350a4362a7c15b51f3d3")]
    [InlineData(
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1",
        "f16401a52a12a3cb1eb4ad5ea9eb775fbc186434235d06c6b64ee6f4d4385a98")]
    [InlineData(
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1g",
        "b28ff60520f8b297d21e803eba2ab6bda5a1e5a589dea281f2aa517c5c14c76b")]
    public void Any_other_text_is_hashed(string text, string expected)
    {
        Assert.Equal(expected, HexOrHash.Read(text).ToString());
    }
}
