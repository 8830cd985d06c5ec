using System.Security.Cryptography;
using System.Text;
using RelayCluster.Host.Configuration;
using RelayCluster.Host.Hosting;

namespace RelayCluster.Host.Administration;

/// <summary>
/// What an operator has to show. Only its hash is kept, and hashes are compared in constant time, so neither its bytes
/// nor its length can be found out by measuring.
/// </summary>
internal sealed class AdminToken
{
    /// <summary>Shorter ones can be guessed.</summary>
    public const int MinLength = 16;

    private readonly byte[] _hash;

    public AdminToken(string token) => _hash = Hash(token);

    /// <summary>The token as the options say; null for none.</summary>
    /// <exception cref="StartupException">Its file cannot be read, or has none in it.</exception>
    public static AdminToken? Read(AdminOptions options)
    {
        if (options.TokenFile.Length == 0)
        {
            return options.Token.Length == 0 ? null : new AdminToken(options.Token);
        }

        string token = ReadFile(options.TokenFile);
        return token.Length >= MinLength
            ? new AdminToken(token)
            : throw new StartupException(
                $"admin.token-file: {options.TokenFile}: expected at least {MinLength} characters");
    }

    /// <summary>The token that a file has, without the blanks around it.</summary>
    /// <exception cref="StartupException">The file cannot be read.</exception>
    public static string ReadFile(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"{file}: cannot be read: {e.Message.TrimEnd('.')}", e);
        }
    }

    public bool Matches(string token) => CryptographicOperations.FixedTimeEquals(Hash(token), _hash);

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
