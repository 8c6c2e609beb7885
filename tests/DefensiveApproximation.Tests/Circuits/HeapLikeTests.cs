using DefensiveApproximation.Arithmetic;
using DefensiveApproximation.Circuits;
using DefensiveApproximation.Search;
using Xunit;

namespace DefensiveApproximation.Tests.Circuits;

public class HeapLikeTests
{
    // Half a unit of the last digit that is stated, and the chance of a million products.
    const double Stated = 0.0015;

    [Fact]
    public void Metrics_UnderUniformOperands_AreThoseStated()
    {
        ErrorMetrics metrics = ErrorMeasurement.Sample(HeapLike.Instance, OperandLaw.Uniform01, 1_000_000, seed: 5, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(0.121, metrics.MeanRelativeError.Value, Stated);
        Assert.Equal(0.032, metrics.NormalisedMeanError.Value, Stated);
        Assert.Equal(0.351, metrics.ShareAbove.Value, Stated);
    }

    [Fact]
    public void Transistors_AreHalfOfTheExactArrays()
    {
        DesignMeasurement measurement = DesignMeasurement.OfFloats(OperandLaw.Uniform01, 24, 1, seed: 1);

        Assert.Equal(0.49, DesignFigures.Transistors.Of(new Design(HeapLike.Instance.Circuit, measurement)), 0.005);
    }

    [Fact]
    public void Find_ByName_IsIt() => Assert.Same(HeapLike.Instance, Multipliers.Find("heap-like"));
}
