using System.Globalization;

namespace RelayCluster.Host.Hocon;

/// <summary>
/// The values of a HOCON file under the keys of <see cref="IConfiguration"/>: <c>relay:dht:port</c>, and
/// <c>relay:dht:bootstrap:0</c> for the items of a list.
/// </summary>
internal sealed class HoconConfigurationProvider : ConfigurationProvider
{
    private readonly HoconConfigurationSource _source;
    private readonly Dictionary<string, HoconPosition> _positions = new(StringComparer.OrdinalIgnoreCase);

    public HoconConfigurationProvider(HoconConfigurationSource source)
    {
        _source = source;
    }

    /// <summary>Where each value, list and object of the file stands, an outer one before what is in it.</summary>
    public IReadOnlyDictionary<string, HoconPosition> Positions => _positions;

    /// <summary>Where the value, list or object of a key stands; null if the file has none.</summary>
    public HoconPosition? GetPosition(string key) => _positions.TryGetValue(key, out HoconPosition p) ? p : null;

    /// <summary>Reads the file.</summary>
    /// <exception cref="HoconException">It cannot be read, or is not HOCON.</exception>
    public override void Load()
    {
        Data.Clear();
        _positions.Clear();
        HoconObject file = new HoconFileSet(_source.ReadFile).Load(_source.File);
        foreach ((string key, HoconValue value) in HoconResolver.Resolve(file, _source.Environment).Fields)
        {
            Add(key, value);
        }
    }

    private void Add(string key, HoconValue value)
    {
        _positions[key] = value.Position;
        switch (value)
        {
            case HoconScalar scalar:
                Data[key] = scalar.IsNull ? null : scalar.Text;
                break;
            case HoconObject fields:
                foreach ((string name, HoconValue field) in fields.Fields)
                {
                    Add(ConfigurationPath.Combine(key, name), field);
                }

                break;
            case HoconList { Items.Count: 0 }:
                // An empty list is a value too: it replaces the list of a layer below.
                Data[key] = "";
                break;
            case HoconList list:
                for (int i = 0; i < list.Items.Count; i++)
                {
                    Add(ConfigurationPath.Combine(key, i.ToString(CultureInfo.InvariantCulture)), list.Items[i]);
                }

                break;
        }
    }
}
