using Spectre.Console;
using Spectre.Console.Rendering;

namespace RelayCluster.Host.Reports;

/// <summary>Draws for people as plain lines.</summary>
internal static class PlainText
{
    private const int Width = 1000;

    /// <summary>The lines, without blanks at their ends.</summary>
    public static string Of(IRenderable drawing)
    {
        using var text = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = Width;
        console.Profile.Capabilities.Unicode = true;
        console.Write(drawing);
        return string.Join(
            Environment.NewLine,
            text.ToString().TrimEnd().Split('\n').Select(line => line.TrimEnd()));
    }
}
