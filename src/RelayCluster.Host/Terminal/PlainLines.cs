using Spectre.Console.Rendering;

namespace RelayCluster.Host.Terminal;

/// <summary>Lines as they are: not folded at the terminal's width, so that a key copied from it is one word.</summary>
internal sealed class PlainLines(string lines) : Renderable
{
    protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth) =>
        [new Segment(lines), Segment.LineBreak];
}
