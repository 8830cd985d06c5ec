using System.Globalization;

namespace RelayCluster.Host.Reports;

/// <summary>A column of a table for people.</summary>
/// <param name="Title">Its title.</param>
/// <param name="Format">What a row has in it.</param>
/// <param name="IsNumber">Whether it stands at the right.</param>
internal sealed record TableColumn<T>(string Title, Func<T, string> Format, bool IsNumber = false)
{
    /// <summary>A column of counts.</summary>
    public TableColumn(string title, Func<T, int> count)
        : this(title, row => count(row).ToString(CultureInfo.InvariantCulture), IsNumber: true)
    {
    }
}
