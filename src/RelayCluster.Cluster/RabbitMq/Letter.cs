using System.Globalization;
using RabbitMQ.Client;

namespace RelayCluster.Cluster.RabbitMq;

/// <summary>
/// A message between two nodes. Its properties, in AMQP's words: type is the kind and the subject with a space between
/// them, app-id the node that sends, correlation-id the asker's number of the ask, reply-to where replies go.
/// </summary>
/// <param name="Kind">What it is for.</param>
/// <param name="From">The node that sends it.</param>
/// <param name="Ask">The asker's number of the ask; 0 for a broadcast.</param>
/// <param name="Subject">What it is about, if that is to be said.</param>
internal sealed record Letter(LetterKind Kind, string From, long Ask = 0, string Subject = "")
{
    /// <summary>What it says.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Where replies go; null if none are wanted.</summary>
    public string? ReplyTo { get; init; }

    /// <summary>Takes a message as it arrives; null if it is none of ours.</summary>
    /// <param name="properties">Its properties.</param>
    /// <param name="body">Its body, copied.</param>
    public static Letter? Read(IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body)
    {
        string[] type = properties.Type?.Split(' ', 2) ?? [];
        if (type.Length == 0 || !Enum.TryParse(type[0], out LetterKind kind) || properties.AppId is not { } from)
        {
            return null;
        }

        long.TryParse(properties.CorrelationId, NumberStyles.None, CultureInfo.InvariantCulture, out long ask);
        return new Letter(kind, from, ask, type.Length > 1 ? type[1] : "")
        {
            Body = body.ToArray(),
            ReplyTo = properties.ReplyTo,
        };
    }

    public BasicProperties ToProperties(TimeSpan? expiresAfter) => new()
    {
        Type = Subject.Length == 0 ? Kind.ToString() : $"{Kind} {Subject}",
        AppId = From,
        CorrelationId = Ask == 0 ? null : Ask.ToString(CultureInfo.InvariantCulture),
        ReplyTo = ReplyTo,
        Expiration = expiresAfter?.TotalMilliseconds.ToString("F0", CultureInfo.InvariantCulture),
    };
}
