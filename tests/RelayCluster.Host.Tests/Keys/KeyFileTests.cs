using System.Runtime.Versioning;
using RelayCluster.Crypto;
using RelayCluster.Host.Commands;
using RelayCluster.Host.Keys;

namespace RelayCluster.Host.Tests.Keys;

[UnsupportedOSPlatform("windows")]
public sealed class KeyFileTests : IDisposable
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void What_is_written_is_read_and_nobody_else_may()
    {
        string path = _directory.File("a.key");
        using KeyPair written = KeyPair.Generate();

        KeyFile.Write(path, written);

        using KeyPair read = KeyFile.Read(path);
        Assert.Equal(written.PublicKey, read.PublicKey);
        Assert.Equal(written.SecretKey, read.SecretKey);
        Assert.Equal(Owner, File.GetUnixFileMode(path));
    }

    [Theory]
    [InlineData("{seed}")]
    [InlineData("{seed}\n")]
    [InlineData("# a comment\r\n\r\n  {SEED}  \r\n# another\r\n")]
    [InlineData("{secret}")]
    public void A_seed_or_a_secret_key_by_hand_is_read(string text)
    {
        using KeyPair pair = KeyPair.Generate();

        using KeyPair read = KeyFile.Read(Write(Fill(text, pair)));

        Assert.Equal(pair.PublicKey, read.PublicKey);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing but a comment")]
    [InlineData("hello")]
    [InlineData("{seed}00")]
    [InlineData("{seed}\n{seed}")]
    [InlineData("z{secret-but-one}")]
    [InlineData("{mixed}")] // the public half is not that of the secret half
    public void Anything_else_is_misuse_and_does_not_show_what_it_was(string text)
    {
        using KeyPair pair = KeyPair.Generate();
        string path = Write(Fill(text, pair));

        var e = Assert.Throws<MisuseException>(() => KeyFile.Read(path));

        Assert.Equal(
            $"{path}: expected a secret key, 128 hexadecimal digits, or its seed, 64; relay keygen makes one",
            e.Message);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead, "640")]
    [InlineData(UnixFileMode.OtherRead, "604")]
    [InlineData(UnixFileMode.OtherWrite, "602")]
    public void A_file_that_others_may_open_is_refused(UnixFileMode others, string mode)
    {
        string path = _directory.File("open.key");
        using KeyPair pair = KeyPair.Generate();
        KeyFile.Write(path, pair);
        File.SetUnixFileMode(path, Owner | others);

        var e = Assert.Throws<MisuseException>(() => KeyFile.Read(path));

        Assert.Equal($"{path}: others may read this key (mode {mode}): chmod 600 {path}", e.Message);
    }

    [Fact]
    public void A_key_is_not_overwritten()
    {
        string path = _directory.File("a.key");
        using KeyPair first = KeyPair.Generate();
        using KeyPair second = KeyPair.Generate();
        KeyFile.Write(path, first);

        Assert.Throws<MisuseException>(() => KeyFile.Write(path, second));

        using KeyPair read = KeyFile.Read(path);
        Assert.Equal(first.PublicKey, read.PublicKey);
    }

    private static string Fill(string text, KeyPair pair)
    {
        string secret = Convert.ToHexStringLower(pair.SecretKey);
        string seed = secret[..64];
        return text.Replace("{seed}", seed, StringComparison.Ordinal)
            .Replace("{SEED}", seed.ToUpperInvariant(), StringComparison.Ordinal)
            .Replace("{secret-but-one}", secret[1..], StringComparison.Ordinal)
            .Replace("{secret}", secret, StringComparison.Ordinal)
            .Replace("{mixed}", seed + seed, StringComparison.Ordinal);
    }

    private string Write(string text)
    {
        string path = _directory.File("by-hand.key");
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, Owner);
        return path;
    }
}
