using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace RelayCluster.Host.Commands;

/// <summary><c>--help</c> with examples below the options.</summary>
internal sealed class ExampleHelp : SynchronousCommandLineAction
{
    private readonly HelpAction _help = new();
    private readonly string[] _examples;

    private ExampleHelp(string[] examples)
    {
        _examples = examples;
    }

    /// <summary>Wrong arguments beside it do not matter to who asks for help.</summary>
    public override bool ClearsParseErrors => true;

    public static HelpOption Of(params string[] examples) => new() { Action = new ExampleHelp(examples) };

    public override int Invoke(ParseResult parseResult)
    {
        int result = _help.Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        output.WriteLine(_examples.Length == 1 ? "Example:" : "Examples:");
        foreach (string example in _examples)
        {
            output.WriteLine($"  {example}");
        }

        return result;
    }
}
