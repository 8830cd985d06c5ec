using RelayCluster.Udx.Recovery;

namespace RelayCluster.Udx.Tests.Recovery;

public sealed class RttEstimatorTests
{
    private readonly RttEstimator _estimator = new();

    [Fact]
    public void The_first_sample_sets_mean_and_deviation()
    {
        Add(0, 400);

        Assert.Equal((400.0, 200.0), (_estimator.Smoothed.TotalMilliseconds, _estimator.Variation.TotalMilliseconds));
        Assert.Equal(1200, _estimator.Timeout.TotalMilliseconds);
    }

    [Fact]
    public void Later_samples_move_the_mean_by_an_eighth_and_the_deviation_by_a_quarter()
    {
        Add(0, 400);
        Add(1, 480);

        Assert.Equal(410, _estimator.Smoothed.TotalMilliseconds);
        Assert.Equal(170, _estimator.Variation.TotalMilliseconds);
    }

    [Fact]
    public void The_timeout_has_a_floor()
    {
        Assert.Equal(RttEstimator.InitialTimeout, _estimator.Timeout);

        Add(0, 1);

        Assert.Equal(RttEstimator.MinTimeout, _estimator.Timeout);
    }

    [Fact]
    public void A_sample_as_of_a_machine_that_slept_is_cut()
    {
        Add(0, 100);

        Add(1, 3_600_000);

        Assert.InRange(_estimator.Smoothed.TotalMilliseconds, 100, 200);
    }

    [Fact]
    public void The_minimum_is_forgotten_after_its_window()
    {
        Add(0, 10);
        for (int second = 1; second <= 700; second++)
        {
            Add(second, 50);
        }

        Assert.Equal(50, _estimator.Min.TotalMilliseconds);
    }

    private void Add(int second, double milliseconds) =>
        _estimator.Add(TimeSpan.FromSeconds(second), TimeSpan.FromMilliseconds(milliseconds));
}
