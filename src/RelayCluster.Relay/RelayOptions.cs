using System.ComponentModel.DataAnnotations;
using RelayCluster.Relay.Lookups;

namespace RelayCluster.Relay;

/// <summary>What a relay allows its clients, and how patient it is.</summary>
public sealed class RelayOptions
{
    /// <summary>
    /// The relay's name in its fleet; ids of sessions begin with it. By default empty: they are just numbers then.
    /// </summary>
    public string NodeName { get; set; } = string.Empty;

    /// <summary>
    /// How often the relay pings a client; 1 second to 5 minutes, by default 15 seconds, as the reference. Clients
    /// close a session on which no ping came for 45 seconds, so more than that does not work with them.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long a client may be silent before its session is closed; 1 second to 1 hour, by default 45 seconds, as the
    /// reference. Any message counts, and time in which the relay itself did not read does not.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan SilenceTimeout { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>
    /// How many bytes the relay holds for one stream before it stops reading where they come from; 64 KiB to 1 GiB, by
    /// default 1 MiB. Half of it is for each direction, and of that, half for the buffers of the stream's transport:
    /// its window, which bounds its speed on a long way. One message more may be held, because a message is read as a
    /// whole.
    /// </summary>
    [Range(64 * 1024, 1024 * 1024 * 1024)]
    public int StreamBufferBytes { get; set; } = 1024 * 1024;

    /// <summary>
    /// How many bytes the relay holds for all streams of a session, divided as for one stream; 64 KiB to 2 GiB, by
    /// default 8 MiB. The directions are apart so that a client which does not read can still be read, and the other
    /// way round. With many streams each one's transport gets less, but never less than 16 KiB each way. One message a
    /// stream more may be held.
    /// </summary>
    [Range(64 * 1024, int.MaxValue)]
    public int SessionBufferBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>
    /// How many streams a session may have, those that are being dialled and those that its servers accepted included;
    /// 1 to 1,000,000, by default 1,024. A connect beyond it is answered with an error; a connection to a server waits.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxStreams { get; set; } = 1024;

    /// <summary>
    /// How many of a session's streams are dialled at once; 1 to 100,000, by default 128. The others wait for their
    /// turn: one client that looks for a thousand peers must not have all the DHT's requests.
    /// </summary>
    [Range(1, 100_000)]
    public int MaxConcurrentDials { get; set; } = 128;

    /// <summary>
    /// How many lookups, announces and unannounces a session has under way; 1 to 100,000, by default 256. At that
    /// number the session is not read until one of them is finished. As many again may be announces and unannounces of
    /// a client that keeps its secret key, which is read so that it can sign; more of those are finished at once.
    /// </summary>
    [Range(1, 100_000)]
    public int MaxQueries { get; set; } = 256;

    /// <summary>How lookups of one topic are shared; unless an embedder brings its own.</summary>
    public LookupOptions Lookups { get; set; } = new();

    /// <summary>
    /// How many servers a session may have; 1 to 100,000, by default 64. A listen beyond it is answered as closed.
    /// </summary>
    [Range(1, 100_000)]
    public int MaxServers { get; set; } = 64;

    /// <summary>
    /// How many peers may wait for a server's client to say whether they may connect; 1 to 100,000, by default 128 for
    /// each server. Peers beyond it are not let in.
    /// </summary>
    [Range(1, 100_000)]
    public int MaxFirewallQuestions { get; set; } = 128;

    /// <summary>
    /// How many questions a client may have yet to answer: about peers, and for the handshakes and signatures of a
    /// client that keeps its secret key; 1 to 100,000, by default 512. More wait for their turn, which is part of
    /// <see cref="AnswerTimeout"/>.
    /// </summary>
    [Range(1, 100_000)]
    public int MaxQuestions { get; set; } = 512;

    /// <summary>
    /// How many connections of a server may wait because the session has no room for another stream; 1 to 100,000, by
    /// default 64 for each server. Peers beyond it get no answer.
    /// </summary>
    [Range(1, 100_000)]
    public int AcceptBacklog { get; set; } = 64;

    /// <summary>
    /// How long a client may take to answer a question, and then to take the connection; 1 second to 5 minutes, by
    /// default 10 seconds. The questions are whether a peer may connect to its server and, if it keeps its secret key,
    /// each message of a handshake and each signature of an announcement. No answer is a no. Peers of the reference
    /// give up after some four seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a peer may take nothing while its unsent bytes stop the whole session's reading; 1 second to 1 day, by
    /// default 1 minute. Then its stream is destroyed, so that one stalled peer does not hold up a client's other
    /// streams for ever. A slow peer that stops nobody is left alone.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan StalledPeerTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How many sessions the relay serves at once; 1 to 1,000,000, by default 10,000. A client beyond it is turned
    /// away.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxSessions { get; set; } = 10_000;
}
