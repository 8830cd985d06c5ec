using Spectre.Console;

namespace RelayCluster.Host.Reports;

/// <summary>How things of one kind are shown as a table, a line each.</summary>
internal sealed class TableLayout<T>(params IReadOnlyList<TableColumn<T>> columns)
{
    /// <summary>The table, for a terminal.</summary>
    public Table Draw(IEnumerable<T> rows)
    {
        var table = new Table { Border = TableBorder.None, UseSafeBorder = false };
        foreach (TableColumn<T> column in columns)
        {
            var drawn = new Spectre.Console.TableColumn(Markup.Escape(column.Title))
            {
                NoWrap = true,
                Padding = new Padding(0, 0, 2, 0),
            };
            table.AddColumn(column.IsNumber ? drawn.RightAligned() : drawn);
        }

        foreach (T row in rows)
        {
            table.AddRow([.. columns.Select(column => Markup.Escape(column.Format(row)))]);
        }

        return table;
    }

    /// <summary>The same as lines that are not folded, whatever the width of the terminal.</summary>
    public string Write(IEnumerable<T> rows) => PlainText.Of(Draw(rows));
}
