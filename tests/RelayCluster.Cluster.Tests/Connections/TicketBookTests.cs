using RelayCluster.Actors.TestKit;
using RelayCluster.Cluster.Connections;
using RelayCluster.Crypto;
using RelayCluster.Wire;

namespace RelayCluster.Cluster.Tests.Connections;

public sealed class TicketBookTests
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);

    private readonly VirtualClock _clock = new();
    private readonly TicketBook _book;
    private readonly Ticket _ticket = new("a", "session", new byte[] { 1 });

    public TicketBookTests() => _book = new TicketBook(_clock, Lifetime, capacity: 3);

    [Fact]
    public void A_ticket_is_good_for_what_it_was_made_for()
    {
        Fixed32 secret = Add(_ticket);

        Assert.Same(_ticket, _book.Redeem(secret));
    }

    [Fact]
    public void A_ticket_is_good_once()
    {
        Fixed32 secret = Add(_ticket);
        _book.Redeem(secret);

        Assert.Null(_book.Redeem(secret));
    }

    [Fact]
    public void A_ticket_is_good_until_its_time_is_over()
    {
        Fixed32 first = Add(_ticket);
        Fixed32 second = Add(_ticket);
        _clock.Advance(Lifetime - TimeSpan.FromTicks(1));
        Assert.NotNull(_book.Redeem(first));

        _clock.Advance(TimeSpan.FromTicks(1));

        Assert.Null(_book.Redeem(second));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(31)]
    public void A_ticket_that_is_wrong_in_one_place_is_none_and_costs_the_right_one_nothing(int place)
    {
        Fixed32 secret = Add(_ticket);
        byte[] wrong = secret.ToArray();
        wrong[place] ^= 1;

        Assert.Null(_book.Redeem(new Fixed32(wrong)));
        Assert.NotNull(_book.Redeem(secret));
    }

    [Fact]
    public void No_more_tickets_are_out_than_there_may_be_until_one_comes_back_or_is_over()
    {
        Fixed32 first = Add(_ticket);
        Add(_ticket);
        Add(_ticket);
        Assert.False(_book.TryAdd(RandomBytes.NextFixed32(), _ticket));

        _book.Redeem(first);
        Add(_ticket);
        Assert.False(_book.TryAdd(RandomBytes.NextFixed32(), _ticket));

        _clock.Advance(Lifetime);
        Add(_ticket);
    }

    [Fact]
    public void Tickets_are_counted_by_purpose_while_they_are_good()
    {
        Fixed32 first = Add(_ticket);
        Add(_ticket with { Purpose = "link" });
        Assert.Equal(1, _book.Count("session"));

        _book.Redeem(first);
        Assert.Equal(0, _book.Count("session"));
        Assert.Equal(1, _book.Count("link"));

        _clock.Advance(Lifetime);
        Assert.Equal(0, _book.Count("link"));
    }

    [Fact]
    public void A_secret_whose_place_is_taken_is_not_written_down()
    {
        Fixed32 secret = Add(_ticket);

        Assert.False(_book.TryAdd(secret, _ticket));
    }

    private Fixed32 Add(Ticket ticket)
    {
        Fixed32 secret = RandomBytes.NextFixed32();
        Assert.True(_book.TryAdd(secret, ticket));
        return secret;
    }
}
