using System.Collections;
using System.Globalization;
using System.Net;
using System.Reflection;
using RelayCluster.Crypto;
using RelayCluster.Protocol.Messages;

namespace RelayCluster.Protocol.Tests.Messages;

/// <summary>
/// All that a message says, as text, so that two can be compared by content whatever memory they lie in.
/// </summary>
internal static class MessageText
{
    public static string Of(object? value) => value switch
    {
        null => "null",
        DataChunks chunks => OfChunks(chunks),
        ReadOnlyMemory<byte> bytes => Convert.ToHexStringLower(bytes.Span),
        KeyPair keys => $"{keys.PublicKey} {Convert.ToHexStringLower(keys.SecretKey)}",
        IPEndPoint endPoint => endPoint.ToString(),
        string text => $"\"{text}\"",
        IEnumerable list => $"[{string.Join(", ", list.Cast<object>().Select(Of))}]",
        RelayMessage or NoiseCompletion or Announcers or AnnouncingNode or AnnouncedPeer => OfProperties(value),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    private static string OfProperties(object value) =>
        $"{value.GetType().Name}({string.Join(", ", value.GetType()
            .GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Select(p => $"{p.Name}: {Of(p.GetValue(value))}"))})";

    private static string OfChunks(DataChunks chunks)
    {
        List<string> texts = [];
        foreach (ReadOnlyMemory<byte> chunk in chunks)
        {
            texts.Add(Convert.ToHexStringLower(chunk.Span));
        }

        Assert.Equal(chunks.Count, texts.Count);
        return $"[{string.Join(", ", texts)}]";
    }
}
