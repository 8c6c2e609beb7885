using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Attacks;

public class EstimatedGradientVictimTests
{
    // Points and scores are rounded to binary32, 2⁻²⁵ relative, and divided by twice the step.
    const float Rounding = 1e-5f;

    static readonly float[] Back = [1, -2, 0.5f];

    readonly Tensor images = new(LinearVictim.Numbers(2, 3 * LinearVictim.Pixels), 3, 1, 3, 4);

    [Theory]
    [InlineData(0.05)]
    [InlineData(1)]
    public void FiniteDifference_OfALinearVictim_IsItsGradient(double step)
    {
        Tensor gradient = Estimate(LinearVictim.Create(), new FiniteDifference { Step = step });

        for (int image = 0; image < 3; image++)
            AssertClose(LinearVictim.Gradient(Back), gradient.Row(image), Rounding);
    }

    // Central differences have no error at a parabola, one-sided ones do.
    [Fact]
    public void FiniteDifference_OfAQuadraticVictim_IsItsGradientAtTheImage()
    {
        var squares = new RowVictim([1, 3, 4], 1, image => [image.Sum(pixel => pixel * pixel)], (_, _) => []);

        (_, Tensor gradient) = new EstimatedGradientVictim(squares, new FiniteDifference { Step = 0.25 }, 1)
            .InputGradient(images, (_, _, back) => back[0] = 1);

        AssertClose(Array.ConvertAll(images.Data, pixel => 2 * pixel), gradient.Data, 1e-5f);
    }

    [Fact]
    public void InputGradient_AsksTheLossAtTheLogitsOfTheImageItself()
    {
        (Tensor logits, Tensor gradient) = new EstimatedGradientVictim(LinearVictim.Create(), new FiniteDifference { Step = 0.5 }, 1)
            .InputGradient(images, (image, scores, back) =>
            {
                for (int i = 0; i < back.Length; i++)
                    back[i] = (image + 1) * scores[i];
            });

        for (int image = 0; image < 3; image++)
        {
            float[] scores = LinearVictim.Logits(images.Row(image).ToArray());
            Assert.Equal(scores, logits.Row(image));
            AssertClose(LinearVictim.Gradient(Array.ConvertAll(scores, score => (image + 1) * score)), gradient.Row(image), 1e-4f);
        }
    }

    // The mean of n products of 12 random numbers: relative error about √(12 / n), so 0.078 with 2,000 samples.
    [Theory]
    [InlineData("nes")]
    [InlineData("spsa")]
    public void NesAndSpsa_OfALinearVictim_AreItsGradientOnAverage(string rule)
    {
        const int Samples = 2000;
        Tensor gradient = Estimate(LinearVictim.Create(), Estimator(rule, 0.1, Samples));

        float[] expected = LinearVictim.Gradient(Back);
        for (int image = 0; image < 3; image++)
        {
            float[] actual = gradient.Row(image).ToArray();
            Assert.InRange(Dot(expected, actual) / Math.Sqrt(Dot(expected, expected) * Dot(actual, actual)), 0.99, 1);
            Assert.InRange(Dot(expected, actual) / Dot(expected, expected), 0.9, 1.1);
        }
    }

    [Theory]
    [InlineData("finite-difference")]
    [InlineData("nes")]
    [InlineData("spsa")]
    public void GradientCost_IsWhatTheInnerVictimIsAsked(string rule)
    {
        RowVictim inner = LinearVictim.Create();
        IGradientVictim victim = new EstimatedGradientVictim(inner, Estimator(rule, 0.1, samples: 700), 1);

        victim.InputGradient(images, Loss);
        Assert.Equal(3 * victim.GradientCost, inner.ScoreQueries);
        Assert.Equal(rule == "finite-difference" ? 2 * LinearVictim.Pixels + 1 : 1401, victim.GradientCost);
        victim.Logits(images);
        Assert.Equal(3 * victim.GradientCost + 3 * victim.QueryCost, inner.ScoreQueries);
        victim.Labels(images);
        Assert.Equal(3 * victim.QueryCost, inner.LabelQueries);
        Assert.Equal(0, inner.GradientQueries);
    }

    // 700 pairs for each image take more than one pass, and the losses of an image lie in more than one of them.
    [Theory]
    [InlineData("finite-difference")]
    [InlineData("nes")]
    [InlineData("spsa")]
    public void InputGradient_SeveralLossesAtAnImage_AreThoseOfOneByOneForOnesEvaluations(string rule)
    {
        RowVictim inner = LinearVictim.Create();
        IGradientVictim victim = new EstimatedGradientVictim(inner, Estimator(rule, 0.1, samples: 700), 1);
        int[] places = [0, 0, 0, 1, 2, 2];

        (Tensor logits, Tensor gradients) = victim.InputGradient(images.Gather(places), (row, _, back) => back[row % 3] = row + 1);

        Assert.Equal(3 * victim.GradientCost, inner.ScoreQueries);
        Assert.Equal(victim.GradientCost, victim.CostOfGradients(5));
        for (int i = 0; i < places.Length; i++)
        {
            (Tensor one, Tensor gradient) = victim.InputGradient(images.Gather([places[i]]), (_, _, back) => back[i % 3] = i + 1);
            Assert.Equal(one.Data, logits.Row(i));
            Assert.Equal(gradient.Data, gradients.Row(i));
        }
    }

    // Nine losses for each of 120 images are more than one question to the victim holds.
    [Fact]
    public void Attack_WithSeveralLosses_CountsWhatTheInnerVictimIsAsked()
    {
        const int Classes = 10, Pixels = 6, Count = 120;
        float[] weights = LinearVictim.Numbers(3, Classes * Pixels);
        var inner = new RowVictim(
            [1, 1, Pixels], Classes, image =>
                [.. Enumerable.Range(0, Classes).Select(k => image.Select((pixel, i) => pixel * weights[k * Pixels + i]).Sum())], (_, _) =>
                    []);
        var random = new CounterRandom(5);
        Tensor data = new([.. Enumerable.Range(0, Count * Pixels).Select(_ => random.NextSingle(0, 1))], Count, 1, 1, Pixels);
        int[] labels = inner.Labels(data);
        int before = inner.LabelQueries;

        AttackRecord[] records = AttackRunner.Run(
            new DeepFool(), new EstimatedGradientVictim(inner, new FiniteDifference(), 1), data, labels, 1);

        int successes = records.Count(record => record.Success);
        Assert.InRange(successes, 1, Count);
        Assert.Equal(inner.LabelQueries - before + inner.ScoreQueries - 2 * Count - successes, records.Sum(record => record.Queries));
        Assert.All(records, record => Assert.Equal(0, record.GradientCalls % 9));
    }

    [Fact]
    public void Costs_AreTimesTheInnerVictims()
    {
        var inner = new AveragingVictim(LinearVictim.Create(), new GaussianNoise(0), 5, 1);
        IGradientVictim victim = new EstimatedGradientVictim(inner, new Nes { Samples = 10 }, 1);

        Assert.Equal((5, 21 * 5), (victim.QueryCost, victim.GradientCost));
    }

    // 700 pairs for each image take more than one of the passes that bound the memory.
    [Theory]
    [InlineData("finite-difference")]
    [InlineData("nes")]
    [InlineData("spsa")]
    public void InputGradient_DependsOnTheImageAndTheSeedOnly(string rule)
    {
        RowVictim inner = RowVictim.Of(SmallNetwork.Create(AxFpm.Released, threads: 1));
        var victim = new EstimatedGradientVictim(inner, Estimator(rule, 0.1, samples: 700), 1);
        Tensor together = victim.InputGradient(images, Loss).Gradient;

        foreach (int image in (int[])[2, 0, 1])
            Assert.Equal(together.Row(image).ToArray(), victim.InputGradient(images.Gather([image]), Loss).Gradient.Data);
        Assert.Equal(together.Gather([1, 1, 0]).Data, victim.InputGradient(images.Gather([1, 1, 0]), Loss).Gradient.Data);
        var other = new EstimatedGradientVictim(inner, Estimator(rule, 0.1, samples: 700), 2);
        Assert.Equal(rule == "finite-difference", together.Data.SequenceEqual(other.InputGradient(images, Loss).Gradient.Data));
    }

    [Theory]
    [InlineData("finite-difference")]
    [InlineData("nes")]
    [InlineData("spsa")]
    public void InputGradient_ANaNAnywhere_IsAGradientOfNaN(string rule)
    {
        // Not a number once the first pixel of the second image moves up.
        float limit = images.Row(1)[0];
        images.Row(0)[0] = images.Row(2)[0] = limit - 50;
        var inner = new RowVictim(
            [1, 3, 4], LinearVictim.Classes, image => image[0] > limit ? [1, float.NaN, 1] : LinearVictim.Logits(image), (_, _) => []);

        Tensor gradient = Estimate(inner, Estimator(rule, 0.1, samples: 50));

        Assert.All(gradient.Row(1).ToArray(), number => Assert.True(float.IsNaN(number)));
        Assert.All(gradient.Rows(0, 1).Data, number => Assert.True(float.IsFinite(number)));
        Assert.All(gradient.Rows(2, 1).Data, number => Assert.True(float.IsFinite(number)));
    }

    [Fact]
    public void Estimators_OptionsOutOfRange_AreRefused()
    {
        foreach (double step in (double[])[0, -1, double.NaN, double.PositiveInfinity])
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => new FiniteDifference { Step = step });
            Assert.Throws<ArgumentOutOfRangeException>(() => new Nes { Step = step });
            Assert.Throws<ArgumentOutOfRangeException>(() => new Spsa { Step = step });
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => new Nes { Samples = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Spsa { Samples = 0 });
    }

    Tensor Estimate(IScoreVictim inner, ZerothOrderEstimator estimator) =>
        new EstimatedGradientVictim(inner, estimator, seed: 1).InputGradient(images, Loss).Gradient;

    static void Loss(int image, ReadOnlySpan<float> logits, Span<float> gradient) => Back.CopyTo(gradient);

    static ZerothOrderEstimator Estimator(string rule, double step, int samples) => rule switch
    {
        "nes" => new Nes { Step = step, Samples = samples },
        "spsa" => new Spsa { Step = step, Samples = samples },
        _ => new FiniteDifference { Step = step },
    };

    static double Dot(float[] left, float[] right) => left.Zip(right, (a, b) => (double)a * b).Sum();

    static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, float tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], tolerance);
    }
}
