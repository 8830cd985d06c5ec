using System.Net;
using RelayCluster.Dht.Foreign;

namespace RelayCluster.Dht.Hyper.Serving;

/// <summary>The question whether a client may come in, to the owner of the server.</summary>
internal sealed class ClientAdmission(DhtServerOptions options, TimeProvider timeProvider)
{
    /// <summary>Asks. A question that fails is a no, as is one that takes too long.</summary>
    /// <param name="offer">Who the client is.</param>
    /// <param name="address">Where.</param>
    /// <param name="cancellationToken">Takes the question back.</param>
    public async Task<bool> AskAsync(NoiseOffer offer, IPEndPoint address, CancellationToken cancellationToken)
    {
        if (options.Admit is not { } admit)
        {
            return true;
        }

        var client = new DhtClient(offer.RemotePublicKey, offer.Payload, address);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            return await admit(client, stopping.Token).AsTask()
                .WaitAsync(options.AdmitTimeout, timeProvider, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            await stopping.CancelAsync().ConfigureAwait(false);
        }
    }
}
