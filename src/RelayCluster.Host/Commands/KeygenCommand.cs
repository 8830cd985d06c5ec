using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using RelayCluster.Crypto;
using RelayCluster.Host.Keys;
using RelayCluster.Host.Reports;
using RelayCluster.Host.Terminal;

namespace RelayCluster.Host.Commands;

/// <summary><c>relay keygen</c>: a key pair, printed or in a file.</summary>
internal static class KeygenCommand
{
    private const string StandardInputMark = "-";
    private const int MaxSeedBytes = 4096;

    private static readonly string[] Examples =
    [
        "relay keygen --key-file server.key    a new key; the file is for listen, announce, ...",
        "relay keygen --seed 'correct horse'   the same text, the same key",
        "pass show dht | relay keygen --seed - --key-file server.key",
    ];

    public static Command Create(CommandTerminal terminal)
    {
        var command = new Command("keygen", "Makes a key pair, and prints it.") { ExampleHelp.Of(Examples) };
        var seed = new Option<string?>("--seed")
        {
            HelpName = "text",
            Description = "32 bytes of hex, or any text, to make the key from; -: a line of standard input",
        };
        Option<string?> file = ArgumentFormats.File.Option(
            "--key-file",
            "file",
            "New file for the secret key, which only you may read; then only the public key is printed");
        command.Add(seed);
        command.Add(file);
        Option<bool> json = JsonOption.AddTo(command, "key");

        command.SetAction(async (commandLine, cancellationToken) =>
        {
            var reporter = new Reporter(terminal, commandLine.GetValue(json));
            string? text = commandLine.GetValue(seed);
            if (text == StandardInputMark)
            {
                text = await ReadLineAsync(terminal.Input, cancellationToken);
            }

            using KeyPair pair = text is null ? KeyPair.Generate() : Seed.ToKeyPair(text);
            if (commandLine.GetValue(file) is { } path)
            {
                KeyFile.Write(path, pair);
                reporter.Tell(new KeyReport(pair.PublicKey, SecretKey: null, path));
            }
            else
            {
                reporter.Tell(new KeyReport(pair.PublicKey, Convert.ToHexStringLower(pair.SecretKey), KeyFile: null));
            }

            return 0;
        });
        return command;
    }

    private static async Task<string> ReadLineAsync(StandardInput input, CancellationToken cancellationToken)
    {
        byte[] line = new byte[MaxSeedBytes];
        int length = 0;
        while (length < line.Length && !line.AsSpan(0, length).Contains((byte)'\n'))
        {
            int read = await input.ReadAsync(line.AsMemory(length), cancellationToken);
            if (read == 0)
            {
                break;
            }

            length += read;
        }

        string text = Encoding.UTF8.GetString(line, 0, length).Split('\n')[0].TrimEnd('\r');
        CryptographicOperations.ZeroMemory(line);
        return text.Length > 0 ? text : throw new MisuseException("--seed -: standard input has no text");
    }
}
