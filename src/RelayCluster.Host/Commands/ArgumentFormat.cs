using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics.CodeAnalysis;

namespace RelayCluster.Host.Commands;

/// <summary>How the arguments and options of one type are written.</summary>
internal sealed class ArgumentFormat<T>
    where T : notnull
{
    private readonly string _expected;
    private readonly TryRead _tryRead;

    /// <param name="expected">What a text should be, after "expected": <c>a whole number, 0 to 65535</c>.</param>
    /// <param name="tryRead">Reads a text; false if it is something else.</param>
    public ArgumentFormat(string expected, TryRead tryRead)
    {
        _expected = expected;
        _tryRead = tryRead;
    }

    public delegate bool TryRead(string text, [MaybeNullWhen(false)] out T value);

    /// <summary>An argument that has to be given.</summary>
    public Argument<T> Argument(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = ParseOne,
    };

    /// <summary>An option with a default.</summary>
    public Option<T> Option(string name, string value, string description, T unlessGiven) => new(name)
    {
        HelpName = value,
        Description = description,
        CustomParser = ParseOne,
        DefaultValueFactory = _ => unlessGiven,
    };

    /// <summary>An option that need not be given; then its value is the type's default.</summary>
    public Option<T?> Option(string name, string value, string description) => new(name)
    {
        HelpName = value,
        Description = description,
        CustomParser = ParseOne,
    };

    /// <summary>An option that may be repeated, or have several values with commas between them.</summary>
    public Option<IReadOnlyList<T>> ListOption(string name, string value, string description) => new(name)
    {
        HelpName = value,
        Description = description,
        Arity = ArgumentArity.OneOrMore,
        CustomParser = ParseAll,
        DefaultValueFactory = _ => [],
    };

    private T? ParseOne(ArgumentResult result) =>
        result.Tokens is [var token, ..] && TryParse(result, token.Value, out T? value) ? value : default;

    private List<T> ParseAll(ArgumentResult result)
    {
        List<T> values = [];
        foreach (string text in result.Tokens.SelectMany(t => t.Value.Split(',', StringSplitOptions.TrimEntries)))
        {
            if (!TryParse(result, text, out T? value))
            {
                break;
            }

            values.Add(value);
        }

        return values;
    }

    private bool TryParse(ArgumentResult result, string text, [MaybeNullWhen(false)] out T value)
    {
        if (_tryRead(text, out value))
        {
            return true;
        }

        string name = result.Parent is OptionResult option ? option.Option.Name : result.Argument.Name;
        result.AddError($"{name}: expected {_expected}, found '{text}'");
        return false;
    }
}
