using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using Dapprox.Networks.Training;
using Xunit;

namespace Dapprox.Tests.Training;

public class AdversaryTests
{
    const float Epsilon = 0.1f;

    static readonly Network Network = TrainedModels.Load("lenet5-digits");

    static readonly Dataset Digits = Datasets.Load("digits", Split.Train).First(20);

    static readonly int[] Numbers = [.. Enumerable.Range(0, 20)];

    public static TheoryData<TrainingOptions> Ways =>
    [
        new TrainingOptions { AdversarialEpsilon = Epsilon },
        new TrainingOptions { AdversarialEpsilon = Epsilon, AdversarialSteps = 5 },
        new TrainingOptions { AdversarialEpsilon = Epsilon, AdversarialSteps = 5, Trades = 6 },
        new TrainingOptions { AdversarialEpsilon = Epsilon, AdversarialAttack = "mi-fgsm" },
    ];

    [Theory]
    [MemberData(nameof(Ways))]
    public void Perturb_StaysWithinEpsilon_FoolsMoreThanNoise_AndRepeatsItself(TrainingOptions options)
    {
        Tensor images = Digits.Images(0, 20), clean = images.Clone();

        Tensor perturbed = new Adversary(options).Perturb(Network, images, Digits.Labels, Numbers, epoch: 2);

        Assert.Equal(clean.Data, images.Data);
        Assert.Equal(perturbed.Data, new Adversary(options).Perturb(Network, images, Digits.Labels, Numbers, epoch: 2).Data);
        Assert.All(perturbed.Data.Zip(clean.Data), pair =>
        {
            Assert.InRange(pair.First, 0, 1);
            Assert.InRange(Math.Abs(pair.First - pair.Second), 0, Epsilon + 1e-6f);
        });
        int correct = Correct(images);
        Assert.Equal(20, correct);
        Assert.True(Correct(perturbed) < correct);
    }

    // As many images of a batch as asked for, the first ones, are perturbed: the others' part of the gradient is that of clean ones.
    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    public void Train_OnAFraction_DiffersFromCleanTraining_AndFromFullyAdversarialTraining(double fraction)
    {
        var options = new TrainingOptions { Epochs = 1, BatchSize = 10, Shift = 0, Rotation = 0 };

        float[] clean = Weights(options), mixed = Weights(options with { AdversarialEpsilon = Epsilon, AdversarialFraction = fraction }),
            full = Weights(options with { AdversarialEpsilon = Epsilon });

        Assert.NotEqual(clean, mixed);
        Assert.Equal(fraction == 1, mixed.SequenceEqual(full));
    }

    // Without a weight, the divergence leaves the cross-entropy of the clean images.
    [Fact]
    public void Train_ByTrades_WithoutAWeight_IsCleanTraining_AndOtherwiseNot()
    {
        var options = new TrainingOptions { Epochs = 1, BatchSize = 10, Shift = 0, Rotation = 0 };
        TrainingOptions trades = options with { AdversarialEpsilon = Epsilon, AdversarialSteps = 2 };

        float[] clean = Weights(options), none = Weights(trades with { Trades = 1e-12 }), six = Weights(trades with { Trades = 6 });

        Assert.All(clean.Zip(none), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
        Assert.Contains(clean.Zip(six), pair => Math.Abs(pair.First - pair.Second) > 1e-3f);
    }

    [Fact]
    public void Divergence_AndItsGradients_AreTheirDefinitions()
    {
        float[] first = [1, -2, 0.5f], second = [0.25f, 1, -1];
        float[] toFirst = new float[3], toSecond = new float[3];

        double loss = DivergenceLoss.Of(first, second, 2, toFirst, toSecond);

        double[] p = Softmax(first), q = Softmax(second);
        Assert.Equal(Enumerable.Range(0, 3).Sum(i => p[i] * Math.Log(p[i] / q[i])), loss, 1e-12);
        const float Step = 1e-2f;
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(2 * Slope(first, i, () => DivergenceLoss.Of(first, second, 1, [], [])), toFirst[i], 1e-4);
            Assert.Equal(2 * Slope(second, i, () => DivergenceLoss.Of(first, second, 1, [], [])), toSecond[i], 1e-4);
        }

        static double Slope(float[] at, int index, Func<double> function)
        {
            float middle = at[index];
            at[index] = middle + Step;
            double above = function();
            at[index] = middle - Step;
            double below = function();
            at[index] = middle;
            return (above - below) / (2 * Step);
        }

        static double[] Softmax(float[] logits)
        {
            double sum = logits.Sum(logit => Math.Exp(logit));
            return [.. logits.Select(logit => Math.Exp(logit) / sum)];
        }
    }

    static int Correct(Tensor images) => Scores.Labels(Network.Forward(images)).Zip(Digits.Labels).Count(pair => pair.First == pair.Second);

    static float[] Weights(TrainingOptions options) =>
        [.. Trainer.Train(Network, Digits, options, cancellation: TestContext.Current.CancellationToken).Network.Parameters["conv1.weight"]
            .Values];
}
