using System.Diagnostics;
using System.Text;
using RelayCluster.Wire;

namespace RelayCluster.Cluster.Lookups;

/// <summary>
/// What a topic's owner is asked, as bytes:
/// <code>
/// topic (32) | W3C traceparent of who asks, in ASCII (55); absent if nobody traces
/// </code>
/// </summary>
internal static class LookupQuestion
{
    private const int MaxTraceBytes = 128;

    public static byte[] Encode(Fixed32 topic, Activity? asker)
    {
        string trace = asker is { IdFormat: ActivityIdFormat.W3C, Id: { } id } ? id : "";
        var body = new byte[Fixed32.Size + trace.Length];
        topic.Span.CopyTo(body);
        Encoding.ASCII.GetBytes(trace, body.AsSpan(Fixed32.Size));
        return body;
    }

    /// <summary>False: it is no question.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> body, out Fixed32 topic, out ActivityContext asker)
    {
        topic = default;
        asker = default;
        if (body.Length is < Fixed32.Size or > Fixed32.Size + MaxTraceBytes)
        {
            return false;
        }

        topic = new Fixed32(body[..Fixed32.Size]);

        // A trace that is no trace is not worth a failure.
        ActivityContext.TryParse(Encoding.ASCII.GetString(body[Fixed32.Size..]), null, isRemote: true, out asker);
        return true;
    }
}
