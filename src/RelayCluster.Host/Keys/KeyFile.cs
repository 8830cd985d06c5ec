using System.Security.Cryptography;
using System.Text;
using RelayCluster.Crypto;
using RelayCluster.Host.Commands;

namespace RelayCluster.Host.Keys;

/// <summary>
/// A file with a secret key, which nobody but its owner may read. It is text:
/// <code>
/// # Secret key of 3b6a27bc…: whoever has it is that peer.
/// 0000…3b6a27bc…
/// </code>
/// One line of hexadecimal digits, 128 for the secret key as libsodium has it or 64 for its seed; lines that begin with
/// # are comments.
/// </summary>
internal static class KeyFile
{
    private const int MaxBytes = 4096;

    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Reads a key pair.</summary>
    /// <exception cref="MisuseException">There is none to be had from that file.</exception>
    public static KeyPair Read(string path)
    {
        byte[] text = GC.AllocateUninitializedArray<byte>(MaxBytes, pinned: true);
        try
        {
            using FileStream file = File.OpenRead(path);
            CheckMode(file, path);
            int length = file.ReadAtLeast(text, text.Length, throwOnEndOfStream: false);
            return Parse(text.AsSpan(0, length)) ?? throw new MisuseException(
                $"{path}: expected a secret key, 128 hexadecimal digits, or its seed, 64; relay keygen makes one");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new MisuseException($"{path}: cannot be read: no such file; relay keygen --key-file makes one");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MisuseException($"{path}: cannot be read: {e.Message}");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
        }
    }

    /// <summary>Writes a key pair into a new file that only its owner may read.</summary>
    /// <exception cref="MisuseException">The file is there already, or cannot be.</exception>
    public static void Write(string path, KeyPair keyPair)
    {
        byte[] text = GC.AllocateArray<byte>(MaxBytes, pinned: true);
        try
        {
            int length = Format(keyPair, text);
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                BufferSize = 0,
            };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = Owner;
            }

            using var file = new FileStream(path, options);
            file.Write(text.AsSpan(0, length));
        }
        catch (IOException) when (File.Exists(path))
        {
            throw new MisuseException($"{path}: is there already; a key is not overwritten");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MisuseException($"{path}: cannot be written: {e.Message}");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
        }
    }

    private static void CheckMode(FileStream file, string path)
    {
        if (!OperatingSystem.IsWindows()
            && File.GetUnixFileMode(file.SafeFileHandle) is var mode
            && (mode & Others) != 0)
        {
            throw new MisuseException(
                $"{path}: others may read this key (mode {Convert.ToString((int)mode, toBase: 8)}): chmod 600 {path}");
        }
    }

    private static int Format(KeyPair keyPair, Span<byte> text)
    {
        int length = Encoding.ASCII.GetBytes(
            $"# Secret key of {keyPair.PublicKey}: whoever has it is that peer.\n", text);
        Convert.TryToHexStringLower(keyPair.SecretKey, text[length..], out int written);
        length += written;
        text[length++] = (byte)'\n';
        return length;
    }

    private static KeyPair? Parse(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> key = default;
        foreach (Range range in text.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = text[range].Trim(" \t\r"u8);
            if (line.IsEmpty || line[0] == '#')
            {
                continue;
            }

            if (!key.IsEmpty)
            {
                return null;
            }

            key = line;
        }

        return SecretKey.TryParse(key);
    }
}
