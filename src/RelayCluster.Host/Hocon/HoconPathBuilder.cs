using System.Text;

namespace RelayCluster.Host.Hocon;

/// <summary>
/// Cuts texts that stand side by side into keys at the dots outside quotes: <c>a."b.c".d</c> has three.
/// </summary>
internal sealed class HoconPathBuilder
{
    private readonly List<string> _keys = [];
    private readonly StringBuilder _key = new();
    private bool _hasKey;
    private bool _hasEmptyKey;

    public void Add(HoconToken token)
    {
        if (token.Kind == HoconTokenKind.Quoted)
        {
            _key.Append(token.Text);
            _hasKey = true;
            return;
        }

        foreach (char c in token.Text)
        {
            if (c == '.')
            {
                EndKey();
            }
            else
            {
                _key.Append(c);
                _hasKey = true;
            }
        }
    }

    /// <exception cref="HoconException">A key is empty, or there are too many.</exception>
    public HoconPath Build(HoconPosition position)
    {
        EndKey();
        if (_hasEmptyKey)
        {
            throw new HoconException(position, "expected a key before and after each '.'");
        }

        return _keys.Count <= HoconPath.MaxLength
            ? new HoconPath([.. _keys])
            : throw new HoconException(position, $"expected at most {HoconPath.MaxLength} keys in a path");
    }

    private void EndKey()
    {
        _keys.Add(_key.ToString());
        _hasEmptyKey |= !_hasKey;
        _key.Clear();
        _hasKey = false;
    }
}
