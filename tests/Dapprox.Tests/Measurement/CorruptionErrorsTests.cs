using Dapprox.Arithmetic;
using Dapprox.Networks.Corruptions;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Models;
using Dapprox.Statistics;
using Xunit;

namespace Dapprox.Tests.Measurement;

public class CorruptionErrorsTests
{
    static readonly Network Exact = TrainedModels.Load("lenet5-digits");
    static readonly Dataset Images = Datasets.Load("digits", Split.Test).First(60);

    static readonly Corruption[] Some =
        [Corruption.Find("impulse-noise"), Corruption.Find("zigzag"), Corruption.Find("stripe"), Corruption.Find("fog")];

    static readonly IReadOnlyList<CorruptionErrors> Measured = CorruptionErrors.Of([Exact, Exact.With(Approximate)], Images, Some, seed: 4);

    [Fact]
    public void Of_Accuracies_AreThoseOfTheCorruptedImages()
    {
        Assert.Equal(Evaluation.Of(Exact, Images).Correct, Measured[0].Clean.Correct);
        for (int c = 0; c < Some.Length; c++)
        {
            for (int severity = 1; severity <= Corruption.Severities; severity++)
            {
                Assert.Equal(
                    Evaluation.Of(Exact, Some[c].Of(Images, severity, seed: 4)).Correct,
                    Measured[0].Accuracies[c][severity - 1].Correct);
            }
        }

        Assert.Equal(Measured[0].Accuracies.SelectMany(one => one).Average(one => one.Accuracy), Measured[0].MeanAccuracy, 1e-12);
    }

    [Fact]
    public void Errors_RelativeToItself_AreOneWithoutDoubt()
    {
        for (int c = 0; c < Some.Length; c++)
            Assert.Equal(new Estimate(1, 1, 1), Rounded(Measured[0].ErrorOf(c, Measured[0])));
        Assert.Equal(new Estimate(1, 1, 1), Rounded(Measured[0].MeanError(Measured[0])));
        Assert.Equal(new Estimate(1, 1, 1), Rounded(Measured[0].RelativeMeanError(Measured[0])));
    }

    // Section 4.1 of the paper: CE and relative CE, and their means.
    [Fact]
    public void Errors_RelativeToAnother_AreTheFormulas()
    {
        (CorruptionErrors exact, CorruptionErrors other) = (Measured[0], Measured[1]);

        double[] ratios = [.. Enumerable.Range(0, Some.Length).Select(c => Errors(other, c) / Errors(exact, c))];
        double[] relative = [.. Enumerable.Range(0, Some.Length).Select(
            c => (Errors(other, c) - 5 * (1 - other.Clean.Accuracy)) / (Errors(exact, c) - 5 * (1 - exact.Clean.Accuracy)))];

        for (int c = 0; c < Some.Length; c++)
            Assert.Equal(ratios[c], other.ErrorOf(c, exact).Value, 1e-9);
        Estimate mean = other.MeanError(exact);
        Assert.Equal(ratios.Average(), mean.Value, 1e-9);
        Assert.Equal(relative.Average(), other.RelativeMeanError(exact).Value, 1e-9);
        Assert.InRange(mean.Value, mean.Low, mean.High);

        static double Errors(CorruptionErrors of, int c) => of.Accuracies[c].Sum(one => 1 - one.Accuracy);
    }

    // Five parts of the data: the interval of each but one, at least, has the ratio of all.
    [Fact]
    public void Errors_IntervalsOfParts_CoverTheRatioOfAll()
    {
        Dataset all = Datasets.Load("digits", Split.Test);
        Network network = Exact.With(Approximate);
        CorruptionErrors[] whole = [.. CorruptionErrors.Of([Exact, network], all.First(300), Some)];
        double truth = whole[1].MeanError(whole[0]).Value;

        int covered = 0, groups = 5;
        for (int group = 0; group < groups; group++)
        {
            CorruptionErrors[] part = [.. CorruptionErrors.Of([Exact, network], all.Slice(60 * group, 60), Some)];
            Estimate estimate = part[1].MeanError(part[0]);
            covered += truth >= estimate.Low && truth <= estimate.High ? 1 : 0;
        }

        Assert.InRange(covered, groups - 1, groups);
    }

    [Fact]
    public void Errors_OfAReferenceWithoutErrors_AreUnknown()
    {
        Dataset right = Images.First(1);
        CorruptionErrors perfect = CorruptionErrors.Of([Exact], right, [Corruption.Find("speckle-noise")])[0];

        Assert.Equal(1, perfect.MeanAccuracy);
        Assert.True(double.IsNaN(perfect.MeanError(perfect).Value));
    }

    static Estimate Rounded(Estimate estimate) =>
        new(Math.Round(estimate.Value, 9), Math.Round(estimate.Low, 9), Math.Round(estimate.High, 9));

    static FloatMultiplier Approximate => AxFpm.Released;
}
