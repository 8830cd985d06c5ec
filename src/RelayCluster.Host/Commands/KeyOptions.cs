using System.CommandLine;
using RelayCluster.Crypto;
using RelayCluster.Host.Keys;

namespace RelayCluster.Host.Commands;

/// <summary>
/// The options that say who a command is. A secret does not have to stand on the command line, where others on the
/// machine see it: a file has it.
/// </summary>
internal sealed class KeyOptions
{
    private readonly Option<string?> _file = ArgumentFormats.File.Option(
        "--key-file", "file", "File with the secret key, as relay keygen --key-file writes it");

    private readonly Option<string?> _seed = new("--seed")
    {
        HelpName = "text",
        Description = "32 bytes of hex, or any text, to make the key from; others on this machine can see it",
    };

    private KeyOptions()
    {
    }

    /// <summary>Gives a command these options.</summary>
    public static KeyOptions AddTo(Command command)
    {
        var options = new KeyOptions();
        command.Add(options._file);
        command.Add(options._seed);
        command.Validators.Add(result =>
        {
            if (result.GetResult(options._file) is { Implicit: false }
                && result.GetResult(options._seed) is { Implicit: false })
            {
                result.AddError("--seed and --key-file are two ways to say the same; choose one");
            }
        });
        return options;
    }

    /// <summary>The key pair, which the caller then owns; null if none was given.</summary>
    /// <exception cref="MisuseException">There is no key in the file.</exception>
    public KeyPair? Read(ParseResult commandLine) =>
        commandLine.GetValue(_file) is { } file ? KeyFile.Read(file)
        : commandLine.GetValue(_seed) is { } seed ? Seed.ToKeyPair(seed)
        : null;
}
