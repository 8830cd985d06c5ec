using System.Runtime.InteropServices;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Records;

/// <summary>
/// The records under one topic, reachable by key and by number: a number is what a random choice needs.
/// </summary>
internal sealed class TopicRecords
{
    private readonly Dictionary<Fixed32, int> _numbers = [];
    private readonly List<(Fixed32 PublicKey, byte[] Record)> _records = [];

    public int Count => _records.Count;

    public byte[] this[int number] => _records[number].Record;

    /// <summary>Adds or replaces the key's record; true if it is a new one.</summary>
    public bool Set(Fixed32 publicKey, byte[] record)
    {
        ref int number = ref CollectionsMarshal.GetValueRefOrAddDefault(_numbers, publicKey, out bool known);
        if (known)
        {
            _records[number] = (publicKey, record);
            return false;
        }

        number = _records.Count;
        _records.Add((publicKey, record));
        return true;
    }

    public bool Remove(Fixed32 publicKey)
    {
        if (!_numbers.Remove(publicKey, out int number))
        {
            return false;
        }

        // the last one moves into the gap
        int last = _records.Count - 1;
        if (number != last)
        {
            _records[number] = _records[last];
            _numbers[_records[number].PublicKey] = number;
        }

        _records.RemoveAt(last);
        return true;
    }
}
