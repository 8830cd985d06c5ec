using System.Diagnostics;
using RelayCluster.Cluster.Lookups;
using RelayCluster.Relay.Tests.Lookups;
using RelayCluster.Wire;

namespace RelayCluster.Cluster.Tests.Lookups;

public sealed class LookupQuestionTests
{
    [Fact]
    public void A_topic_arrives()
    {
        Assert.True(LookupQuestion.TryDecode(
            LookupQuestion.Encode(FakeQuery.Key(7), null), out Fixed32 topic, out ActivityContext asker));
        Assert.Equal(FakeQuery.Key(7), topic);
        Assert.Equal(default, asker);
    }

    [Fact]
    public void A_trace_goes_on_at_the_owner()
    {
        using var span = new Activity("lookup.ask");
        span.SetIdFormat(ActivityIdFormat.W3C).Start();
        Assert.True(LookupQuestion.TryDecode(
            LookupQuestion.Encode(FakeQuery.Key(7), span), out Fixed32 topic, out ActivityContext asker));
        Assert.Equal(FakeQuery.Key(7), topic);
        Assert.Equal(span.TraceId, asker.TraceId);
        Assert.Equal(span.SpanId, asker.SpanId);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(31, false)]
    [InlineData(32, true)]
    [InlineData(33, true)]
    [InlineData(87, true)]
    [InlineData(161, false)]
    public void Other_bytes_are_no_question_or_no_trace(int length, bool isQuestion)
    {
        byte[] body = [.. Enumerable.Repeat((byte)0xff, length)];
        Assert.Equal(isQuestion, LookupQuestion.TryDecode(body, out _, out ActivityContext asker));
        Assert.Equal(default, asker);
    }
}
