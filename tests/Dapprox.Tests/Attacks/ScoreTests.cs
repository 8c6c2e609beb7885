using CsCheck;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Attacks;

public class ScoreTests
{
    // Results are binary32 numbers of at most 1; the reference is binary64.
    const double Tolerance = 1e-7;

    [Fact]
    public void Direction_IsTheSoftmaxGradientOverOneMinusTheProbability() =>
        Gen.Select(Gen.Float[-40, 40].Array[2, 12], Gen.Int[0, 1]).Sample((logits, label) =>
        {
            double[] exponentials = logits.Select(logit => Math.Exp((double)logit)).ToArray();
            double others = exponentials.Where((_, i) => i != label).Sum();
            double total = others + exponentials[label];
            float[] direction = new float[logits.Length];

            CrossEntropy.Direction(logits, label, direction);

            for (int i = 0; i < logits.Length; i++)
            {
                // 1 − p[label] is others / total, without the cancellation.
                double gradient = i == label ? -others / total : exponentials[i] / total;
                Assert.Equal(gradient / (others / total), direction[i], Tolerance);
            }
        }, threads: 1);

    [Theory]
    [InlineData(200, 0, 0)]
    [InlineData(3e38f, -3e38f, -3e38f)]
    [InlineData(float.PositiveInfinity, 5, 5)]
    public void Direction_LabelFarAhead_IsNotZero(float first, float second, float third)
    {
        float[] direction = new float[3];

        CrossEntropy.Direction([first, second, third], 0, direction);

        Assert.Equal([-1, 0.5f, 0.5f], direction);
    }

    [Theory]
    [InlineData(float.NaN, 0)]
    [InlineData(0, float.NaN)]
    [InlineData(0, float.PositiveInfinity)]
    public void Direction_OfLogitsThatAreNotNumbers_IsNotANumber(float first, float second)
    {
        float[] direction = new float[2];

        CrossEntropy.Direction([first, second], 0, direction);

        Assert.Contains(direction, float.IsNaN);
    }

    [Fact]
    public void Distances_AreTheSumsTheyAreNamedAfter() =>
        Gen.Select(Gen.Float[0, 1], Gen.OneOf(Gen.Float[0, 1], Gen.Const(0.25f))).Array[1, 50].Sample(pairs =>
        {
            float[] left = pairs.Select(pair => pair.Item2 == 0.25f ? 0.25f : pair.Item1).ToArray();
            float[] right = pairs.Select(pair => pair.Item2).ToArray();
            decimal[] differences = left.Zip(right, (a, b) => (decimal)(double)a - (decimal)(double)b).ToArray();
            // Decimal has 28 digits and the numbers have no more than 15 that count.
            const double Relative = 1e-11;

            var distances = Distances.Between(left, right);

            Assert.Equal(left.Zip(right).Count(pair => pair.First != pair.Second), distances.L0);
            AssertClose((double)differences.Sum(Math.Abs), distances.L1);
            AssertClose(Math.Sqrt((double)differences.Sum(difference => difference * difference)), distances.L2);
            AssertClose((double)differences.Max(Math.Abs), distances.LInf);
            AssertClose((double)(differences.Sum(difference => difference * difference) / left.Length), distances.Mse);
            if (distances.L0 > 0)
                AssertClose(20 * Math.Log10(Math.Sqrt(left.Length) / distances.L2), distances.Psnr);

            static void AssertClose(double expected, double actual) =>
                Assert.Equal(expected, actual, 1e-14 + Relative * Math.Abs(expected));
        }, threads: 1);

    [Fact]
    public void Distances_OfEqualImages_AreZeroAndThePeakRatioInfinite() =>
        Assert.Equal(new Distances(0, 0, 0, 0, 0, double.PositiveInfinity), Distances.Between([0.1f, 1], [0.1f, 1]));

    [Fact]
    public void Distances_OfImagesOfDifferentLength_AreRefused() =>
        Assert.Throws<ArgumentException>(() => Distances.Between([0.1f], [0.1f, 1]));

    [Theory]
    [InlineData(new float[] { 1, 3, 3 }, 1)]
    [InlineData(new float[] { float.NegativeInfinity, float.NegativeInfinity }, 0)]
    [InlineData(new float[] { 0, float.PositiveInfinity }, 1)]
    [InlineData(new float[] { 0, 5, float.NaN }, -1)]
    [InlineData(new float[] { float.NaN, 5 }, -1)]
    [InlineData(new float[] { 2 }, 0)]
    public void Label_IsTheFirstLargestOrNone(float[] logits, int expected) => Assert.Equal(expected, Scores.Label(logits));

    [Fact]
    public void Labels_AreThoseOfTheRows() => Assert.Equal([1, 0], Scores.Labels(new Tensor([1, 2, 4, 3], 2, 2)));

    [Fact]
    public void Margin_IsPositiveWhereTheClassWins()
    {
        Assert.Equal(2, Scores.Margin([1, 5, 3], 1));
        Assert.Equal(-4, Scores.Margin([1, 5, 3], 0));
    }
}
