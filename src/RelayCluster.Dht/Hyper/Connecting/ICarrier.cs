using System.IO.Pipelines;
using RelayCluster.Udx.Streams;

namespace RelayCluster.Dht.Hyper.Connecting;

/// <summary>
/// What the bytes of a connection run over, when both sides know the way: a UDX stream, or a link. Pipe and outcome
/// behave as told at <see cref="UdxStream"/>.
/// </summary>
internal interface ICarrier
{
    /// <summary>
    /// The bytes. Completing the output with an exception destroys the carrier; completing the input drops what still
    /// comes.
    /// </summary>
    IDuplexPipe Pipe { get; }

    /// <summary>How it ended; never faults.</summary>
    Task<UdxStreamOutcome> Completion { get; }

    /// <summary>Ends both directions at once. May be called on any thread and more than once.</summary>
    void Destroy();
}
