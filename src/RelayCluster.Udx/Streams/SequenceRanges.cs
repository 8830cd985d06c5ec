using RelayCluster.Udx.Packets;

namespace RelayCluster.Udx.Streams;

/// <summary>
/// A set of sequence numbers as ranges in order, neighbours joined. Packets arrive mostly in order, so numbers are
/// looked for from the end.
/// </summary>
internal sealed class SequenceRanges
{
    private SackRange[] _ranges = [];
    private int _first;
    private int _count;

    public int Count => _count;

    /// <summary>The ranges in order, lowest first.</summary>
    public ReadOnlySpan<SackRange> Ranges => _ranges.AsSpan(_first, _count);

    /// <summary>Adds a number that is not in the set.</summary>
    public void Add(SequenceNumber number)
    {
        int index = _count;
        while (index > 0 && this[index - 1].Start > number)
        {
            index--;
        }

        bool joinsPrevious = index > 0 && this[index - 1].End == number;
        bool joinsNext = index < _count && this[index].Start == number + 1;
        if (joinsPrevious && joinsNext)
        {
            this[index - 1] = new SackRange(this[index - 1].Start, this[index].End);
            Remove(index);
        }
        else if (joinsPrevious)
        {
            this[index - 1] = this[index - 1] with { End = number + 1 };
        }
        else if (joinsNext)
        {
            this[index] = this[index] with { Start = number };
        }
        else
        {
            Insert(index, new SackRange(number, number + 1));
        }
    }

    /// <summary>Removes all numbers before <paramref name="number"/>, which is in none of the ranges.</summary>
    public void RemoveBefore(SequenceNumber number)
    {
        while (_count > 0 && this[0].End <= number)
        {
            _first++;
            _count--;
        }

        if (_count == 0)
        {
            _first = 0;
        }
    }

    public void Clear() => _first = _count = 0;

    private ref SackRange this[int index] => ref _ranges[_first + index];

    private void Insert(int index, SackRange range)
    {
        if (_first + _count == _ranges.Length)
        {
            MakeRoom();
        }

        _ranges.AsSpan(_first + index, _count - index).CopyTo(_ranges.AsSpan(_first + index + 1));
        _count++;
        this[index] = range;
    }

    private void Remove(int index)
    {
        _ranges.AsSpan(_first + index + 1, _count - index - 1).CopyTo(_ranges.AsSpan(_first + index));
        _count--;
    }

    private void MakeRoom()
    {
        SackRange[] target = _first > _ranges.Length / 2 ? _ranges : new SackRange[Math.Max(8, _ranges.Length * 2)];
        Ranges.CopyTo(target);
        _ranges = target;
        _first = 0;
    }
}
