using RelayCluster.Dht;
using RelayCluster.Relay.Lookups;
using RelayCluster.Relay.Tests.Scenarios;

namespace RelayCluster.Relay.Tests.Lookups;

public sealed class SharedAnswerTests
{
    [Fact]
    public void Whatever_the_order_of_events_everybody_reads_all_replies_once_and_nothing_stays_held()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            Play(new Random(seed), seed);
        }
    }

    [Fact]
    public async Task Readers_on_many_threads_each_read_everything()
    {
        var budget = new AnswerBudget(64 * 1024 * 1024);
        var answer = new SharedAnswer(budget);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        AnswerReader[] readers = [.. Enumerable.Range(0, 16).Select(_ => answer.TryAttach()!)];
        Task<int>[] reading = [.. readers.Select(reader => Task.Run(() => CountAsync(reader, deadline.Token)))];
        foreach (int number in Enumerable.Range(0, 2000))
        {
            answer.Append(FakeQuery.Reply(number));
            await answer.WhenWantedAsync(deadline.Token);
        }

        answer.Complete();
        Assert.All(await Task.WhenAll(reading), static count => Assert.Equal(2000, count));
        Assert.Equal(0, budget.HeldBytes);
    }

    private static async Task<int> CountAsync(AnswerReader reader, CancellationToken cancellationToken)
    {
        using (reader)
        {
            int count = 0;
            await foreach (LookupReply reply in reader.ReadAllAsync(cancellationToken))
            {
                Assert.Equal(FakeNode.Key(count), reply.Token);
                count++;
            }

            return count;
        }
    }

    private static void Play(Random random, int seed)
    {
        var budget = new AnswerBudget(16 * random.Next(1, 100_000));
        var answer = new SharedAnswer(budget);
        bool isAbandoned = false;
        answer.Abandoned = () => isAbandoned = true;
        var positions = new Dictionary<AnswerReader, int> { [answer.TryAttach()!] = 0 };
        int written = 0;
        bool isOver = false;
        for (int step = 0; step < 500 && !isAbandoned; step++)
        {
            AnswerReader? reader = positions.Count > 0 ? positions.Keys.ElementAt(random.Next(positions.Count)) : null;
            switch (random.Next(100))
            {
                case < 40 when !isOver && answer.WhenWantedAsync(default).AsTask().IsCompleted:
                    answer.Append(FakeQuery.Reply(written++));
                    break;
                case < 45 when answer.TryAttach() is { } another:
                    positions.Add(another, 0);
                    break;
                case < 48 when reader is not null:
                    positions.Remove(reader);
                    reader.Dispose();
                    break;
                case 48:
                    answer.CloseToAskers();
                    break;
                case 49 when random.Next(5) == 0:
                    answer.Complete();
                    isOver = true;
                    break;
                case >= 50 when reader is not null:
                    LookupReply? reply = answer.TryRead(reader, out Task? wait);
                    int position = positions[reader];
                    Assert.True(position < written == reply is not null, $"seed {seed}");
                    Assert.True(reply is null || reply.Token == FakeNode.Key(position), $"seed {seed}");
                    Assert.True(reply is not null || isOver == wait is null, $"seed {seed}");
                    positions[reader] += reply is null ? 0 : 1;
                    break;
                default:
                    break;
            }

            Assert.InRange(budget.HeldBytes, 0, budget.MaxAnswerBytes);
        }

        answer.Complete();
        foreach (AnswerReader reader in positions.Keys)
        {
            reader.Dispose();
        }

        Assert.Equal(0, budget.HeldBytes);
    }
}
