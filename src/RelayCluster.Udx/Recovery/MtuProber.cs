namespace RelayCluster.Udx.Recovery;

/// <summary>
/// Finds the largest packet that the path carries (RFC 8899, packetization layer path MTU discovery), as the reference
/// does: from 1200 bytes in steps of 32 up to 1500, counting the headers of IP and UDP. A probe is a full data packet
/// that is padded between header and data up to the size tried, so that nothing but the padding is wasted; sent again
/// it goes without padding. An acknowledged probe raises the size, three lost ones of a size end the search. A lost
/// probe says nothing about congestion.
/// </summary>
internal sealed class MtuProber
{
    public const int BaseMtu = 1200;

    public const int MaxMtu = 1500;

    /// <summary>The headers of IPv4 and UDP, which count into the MTU and are not ours to write.</summary>
    public const int NetworkHeaderBytes = 28;

    private const int Step = 32;
    private const int MaxProbes = 3;

    // The data offset, which tells how long the padding is, is one byte.
    private const int MaxPadding = 255;

    private int _lost;
    private bool _inFlight;
    private bool _isComplete;
    private bool _isConfirmed;
    private int _probeMtu = BaseMtu + Step;

    /// <summary>How many bytes a datagram may have that is no probe.</summary>
    public int DatagramBytes { get; private set; } = BaseMtu - NetworkHeaderBytes;

    /// <summary>The padding that makes a full packet the next probe; 0 if no probe is wanted now.</summary>
    public int WantedPadding
    {
        get
        {
            int padding = _probeMtu - NetworkHeaderBytes - DatagramBytes;
            return _isConfirmed && !_isComplete && !_inFlight && padding is > 0 and <= MaxPadding ? padding : 0;
        }
    }

    /// <summary>A packet was acknowledged, so the path is there and the search may begin.</summary>
    public void OnAcked() => _isConfirmed = true;

    public void OnProbeSent() => _inFlight = true;

    public void OnProbeAcked()
    {
        _inFlight = false;
        _lost = 0;
        DatagramBytes = _probeMtu - NetworkHeaderBytes;
        _isComplete = _probeMtu == MaxMtu;
        _probeMtu = Math.Min(_probeMtu + Step, MaxMtu);
    }

    public void OnProbeLost()
    {
        _inFlight = false;
        _isComplete = ++_lost >= MaxProbes;
    }

    /// <summary>The path changed: what was found holds no more.</summary>
    public void Reset()
    {
        DatagramBytes = BaseMtu - NetworkHeaderBytes;
        _probeMtu = BaseMtu + Step;
        _lost = 0;
        _inFlight = _isComplete = _isConfirmed = false;
    }
}
