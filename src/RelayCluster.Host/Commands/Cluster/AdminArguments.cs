using System.CommandLine;
using RelayCluster.Host.Administration;

namespace RelayCluster.Host.Commands.Cluster;

/// <summary>Which node's admin endpoint a command asks, and what it shows there.</summary>
internal sealed class AdminArguments
{
    private const string TokenVariable = "RELAY_ADMIN__TOKEN";

    private readonly Option<Uri> _admin;
    private readonly Option<string?> _token;
    private readonly Option<string?> _tokenFile;

    private AdminArguments(Command command)
    {
        _admin = ArgumentFormats.Admin.Option(
            "--admin", "URL", "Admin endpoint of any node of the fleet", new Uri("http://127.0.0.1:49445"));
        _token = new Option<string?>("--token")
        {
            HelpName = "token",
            Description = $"Its admin.token; others see it in the process list, unlike the variable {TokenVariable}",
        };
        _tokenFile = ArgumentFormats.File.Option("--token-file", "file", "File with the token in it");
        command.Add(_admin);
        command.Add(_token);
        command.Add(_tokenFile);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_token) is not null && result.GetValue(_tokenFile) is not null)
            {
                result.AddError("--token and --token-file are two ways to say the same; choose one");
            }
        });
    }

    /// <summary>Gives a command these options.</summary>
    public static AdminArguments AddTo(Command command) => new(command);

    /// <summary>What a command line says.</summary>
    public AdminClient Read(ParseResult commandLine) =>
        new(commandLine.GetRequiredValue(_admin), ReadToken(commandLine));

    private string? ReadToken(ParseResult commandLine)
    {
        string? token = commandLine.GetValue(_tokenFile) is { } file
            ? AdminToken.ReadFile(file)
            : commandLine.GetValue(_token) ?? Environment.GetEnvironmentVariable(TokenVariable);
        if (token is null or "")
        {
            return null;
        }

        // What a header cannot carry would be a fault of the program's below.
        return token.All(c => c is > ' ' and <= '~')
            ? token
            : throw new MisuseException("the token: expected letters, digits and signs of ASCII, without blanks");
    }
}
