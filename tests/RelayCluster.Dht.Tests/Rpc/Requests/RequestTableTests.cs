using RelayCluster.Dht.Rpc;
using RelayCluster.Dht.Rpc.Messages;
using RelayCluster.Dht.Rpc.Requests;
using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Tests.Rpc.Requests;

public class RequestTableTests
{
    private static readonly UdpEndPoint Node = UdpEndPoint.Parse("10.0.0.1:1");
    private static readonly UdpEndPoint Other = UdpEndPoint.Parse("10.0.0.2:1");
    private readonly RpcCounters _counters = new();
    private readonly RequestTable _table;

    public RequestTableTests()
    {
        _table = NewTable(window: 80);
    }

    [Fact]
    public void A_reply_ends_the_request()
    {
        RecordedRequest request = Send(At(0));

        Assert.True(Reply(At(0.25), request, Node));

        Assert.Equal(At(0.25), request.Reply!.RoundTripTime);
        Assert.Equal(Node, request.Reply.From);
        Assert.True(request.IsDone);
        Assert.Equal(0, _table.Count);
        Assert.Null(_table.GetNextTimeout(At(0.25)));
    }

    [Fact]
    public void A_reply_from_elsewhere_is_not_believed()
    {
        RecordedRequest request = Send(At(0));

        Assert.False(Reply(At(0.25), request, Other));
        Assert.False(Reply(At(0.25), request, new UdpEndPoint(Node.Address, 2)));

        Assert.Null(request.Reply);
    }

    [Fact]
    public void A_second_reply_finds_nobody()
    {
        RecordedRequest request = Send(At(0));

        Assert.True(Reply(At(0.1), request, Node));
        Assert.False(Reply(At(0.2), request, Node));
    }

    [Fact]
    public void A_request_that_was_not_sent_yet_cannot_be_answered()
    {
        var request = new RecordedRequest(Node, new RpcRequest(0));
        _table.Start(At(0), request);

        Assert.False(Reply(At(0), request, Node));
    }

    [Fact]
    public void A_silent_node_is_asked_again_and_then_given_up()
    {
        RecordedRequest request = Send(At(0), retries: 3);
        for (int second = 1; second <= 3; second++)
        {
            Assert.Equal(At(second), _table.GetNextTimeout(At(second - 1)));
            _table.HandleTimeout(At(second));
            Assert.Equal(second, request.TimesSlow);
            Assert.True(_table.TryTakeSendable(At(second), out InFlightRequest again));
            Assert.Same(request, again);
        }

        _table.HandleTimeout(At(4));

        Assert.Equal(RequestFailure.TimedOut, request.Failure);
        Assert.Equal(4, request.Attempts);
        Assert.Equal(3, _counters.Retries);
        Assert.Equal(1, _counters.RequestsTimedOut);
        Assert.False(_table.TryTakeSendable(At(4), out _));
    }

    [Fact]
    public void A_late_reply_to_an_earlier_attempt_counts()
    {
        RecordedRequest request = Send(At(0));
        _table.HandleTimeout(At(1));

        Assert.True(Reply(At(1.1), request, Node));

        Assert.False(_table.TryTakeSendable(At(1.1), out _));
        _table.HandleTimeout(At(10));
        Assert.Null(request.Failure);
    }

    [Fact]
    public void A_timeout_of_its_own_goes_before_the_rule()
    {
        var request = new RecordedRequest(Node, new RpcRequest(0) { Timeout = At(9), Retries = 0 });
        _table.Start(At(0), request);
        Assert.True(_table.TryTakeSendable(At(0), out _));

        _table.HandleTimeout(At(8.9));
        Assert.Null(request.Failure);

        _table.HandleTimeout(At(9));
        Assert.Equal(RequestFailure.TimedOut, request.Failure);
    }

    [Fact]
    public void A_full_window_makes_requests_wait_for_the_next_slot()
    {
        RequestTable table = NewTable(window: 2);
        for (int i = 0; i < 3; i++)
        {
            table.Start(At(0), new RecordedRequest(Node, new RpcRequest(0)));
        }

        Assert.True(table.TryTakeSendable(At(0), out _));
        Assert.True(table.TryTakeSendable(At(0), out _));
        Assert.False(table.TryTakeSendable(At(0), out _));

        Assert.Equal(At(0.75), table.GetNextTimeout(At(0)));
        Assert.True(table.TryTakeSendable(At(0.75), out _));
    }

    [Fact]
    public void A_cancelled_request_hears_of_it_once_and_nothing_else()
    {
        RecordedRequest request = Send(At(0));

        _table.Cancel(At(0.5), request);
        _table.Cancel(At(0.5), request);
        _table.HandleTimeout(At(10));

        Assert.Equal(RequestFailure.Cancelled, request.Failure);
        Assert.False(Reply(At(10), request, Node));
    }

    [Fact]
    public void Closing_fails_sent_and_waiting_requests()
    {
        RecordedRequest sent = Send(At(0));
        var waiting = new RecordedRequest(Node, new RpcRequest(0));
        _table.Start(At(0), waiting);

        _table.CancelAll(At(1), RequestFailure.NodeClosed);

        Assert.Equal(RequestFailure.NodeClosed, sent.Failure);
        Assert.Equal(RequestFailure.NodeClosed, waiting.Failure);
        Assert.False(_table.TryTakeSendable(At(1), out _));
    }

    [Fact]
    public void Numbers_of_requests_under_way_are_unique_and_too_many_are_refused()
    {
        HashSet<ushort> numbers = [];
        for (int i = 0; i < RequestTable.MaxInFlight; i++)
        {
            var request = new RecordedRequest(Node, new RpcRequest(0));
            _table.Start(At(0), request);
            Assert.True(numbers.Add(request.TransactionId));
        }

        var refused = new RecordedRequest(Node, new RpcRequest(0));
        _table.Start(At(0), refused);

        Assert.Equal(RequestFailure.TooMany, refused.Failure);
        Assert.Equal(RequestTable.MaxInFlight, _table.Count);
    }

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);

    private RequestTable NewTable(int window)
    {
        var random = new Random(1);
        return new RequestTable(
            new CongestionWindow(window),
            new ReplyTimeouts(isAdaptive: false, random),
            random,
            _counters);
    }

    private RecordedRequest Send(TimeSpan now, int retries = 3)
    {
        var request = new RecordedRequest(Node, new RpcRequest(7) { Retries = retries });
        _table.Start(now, request);
        Assert.True(_table.TryTakeSendable(now, out InFlightRequest sent));
        Assert.Same(request, sent);
        return request;
    }

    private bool Reply(TimeSpan now, InFlightRequest request, UdpEndPoint from) =>
        _table.TryHandleReply(now, from, null, new ReplyMessage { TransactionId = request.TransactionId });
}
