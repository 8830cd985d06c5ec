using RelayCluster.Host.Administration;
using RelayCluster.Host.Configuration;
using RelayCluster.Host.Hosting;
using RelayCluster.Host.Tests.Keys;

namespace RelayCluster.Host.Tests.Administration;

public sealed class AdminTokenTests
{
    private const string Token = "correct horse battery";

    [Theory]
    [InlineData(Token, true)]
    [InlineData("correct horse batterz", false)]
    [InlineData("correct horse", false)]
    [InlineData("correct horse battery staple", false)]
    [InlineData("", false)]
    public void Only_the_token_itself_matches(string shown, bool expected) =>
        Assert.Equal(expected, new AdminToken(Token).Matches(shown));

    [Fact]
    public void Without_a_token_there_is_none() => Assert.Null(AdminToken.Read(new AdminOptions()));

    [Fact]
    public void The_token_may_stand_in_a_file()
    {
        using var directory = new TemporaryDirectory();
        string file = directory.File("token");
        File.WriteAllText(file, $"{Token}\n");

        Assert.True(AdminToken.Read(new AdminOptions { TokenFile = file })!.Matches(Token));
    }

    [Fact]
    public void A_file_without_a_token_does_not_open_the_door()
    {
        using var directory = new TemporaryDirectory();
        string file = directory.File("token");
        File.WriteAllText(file, "");

        StartupException e = Assert.Throws<StartupException>(
            () => AdminToken.Read(new AdminOptions { TokenFile = file }));

        Assert.Equal($"admin.token-file: {file}: expected at least 16 characters", e.Message);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named() => Assert.StartsWith(
        "/nowhere.token: cannot be read: ",
        Assert.Throws<StartupException>(
            () => AdminToken.Read(new AdminOptions { TokenFile = "/nowhere.token" })).Message,
        StringComparison.Ordinal);
}
