using Dapprox.Circuits;
using Dapprox.Hardware;
using Dapprox.Measurement;
using Dapprox.Search;
using Xunit;

namespace Dapprox.Tests.Circuits;

public class HeapLikeTests
{
    // Half a unit of the last digit that is stated, and the chance of a million products.
    const double Stated = 0.0015;

    [Fact]
    public void Metrics_UnderUniformOperands_AreThoseStated()
    {
        ErrorMetrics metrics = ErrorMeasurement.Sample(
            HeapLike.Instance, OperandDistribution.Uniform01, 1_000_000, seed: 5, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(0.114, metrics.MeanRelativeError.Value, Stated);
        Assert.Equal(0.031, metrics.NormalisedMeanError.Value, Stated);
        Assert.Equal(0.339, metrics.ShareAbove.Value, Stated);
    }

    [Fact]
    public void Cost_ByTheShippedLibrary_IsThatStated()
    {
        DesignMeasurement measurement = DesignMeasurement.OfFloats(
            OperandDistribution.Uniform01, 24, samples: 1, seed: 5, form: CircuitForm.AsDrawn);

        DesignCost cost = measurement.Cost(HeapLike.Instance.Circuit);

        Assert.Equal(0.49, cost.Energy, 0.01);
        Assert.Equal(0.46, cost.Delay, 0.005);
    }

    [Fact]
    public void Find_ByName_IsIt() => Assert.Same(HeapLike.Instance, Multipliers.Find("heap-like"));
}
