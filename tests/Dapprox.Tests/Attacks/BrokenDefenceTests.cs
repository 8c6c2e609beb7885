using Dapprox.Foundation;
using Dapprox.Networks.Attacks;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Attacks;

/// <summary>
/// Defences that are known to be none (Athalye, Carlini, Wagner, "Obfuscated Gradients Give a False Sense of Security", ICML
/// 2018; Tramèr, Carlini, Brendel, Madry, "On Adaptive Attacks to Adversarial Example Defenses", NeurIPS 2020): whoever
/// attacks with the gradient they show alone takes some of them for robust, and whoever adapts breaks all of them.
/// </summary>
public class BrokenDefenceTests
{
    const int Count = 4;
    const double Epsilon = 0.2;

    static readonly Network Network = TrainedModels.Load("lenet5-digits");

    static readonly Dataset Digits = Datasets.Load("digits", Split.Test);

    public static TheoryData<string> Defences => ["gradient killer", "logits x 50", "softmax output", "quantiser", "random noise"];

    [TheoryOf(Tier.Ci)]
    [MemberData(nameof(Defences))]
    public void AdaptiveSet_BreaksEveryOne(string name)
    {
        IGradientVictim victim = Create(name);
        int[] places = Evaluation.CorrectOn([Network], Digits, Count);

        AttackOutcome[] all =
        [
            Run(new Pgd(Epsilon) { Steps = 20, StepRatio = 0.1, Restarts = 1 }, victim, places),
            Run(
                new Pgd(Epsilon) { Steps = 8, StepRatio = 0.25, Restarts = 1 },
                new EstimatedGradientVictim(victim, new Nes { Samples = 50 }, seed: 1), places),
            Run(
                new Pgd(Epsilon) { Steps = 8, StepRatio = 0.25, Restarts = 1 },
                new EstimatedGradientVictim(victim, new Spsa { Samples = 50 }, seed: 1), places),
            Run(
                new Pgd(Epsilon) { Steps = 8, StepRatio = 0.25, Restarts = 1 },
                new AveragingVictim(victim, new GaussianNoise(0.05), 10, seed: 1), places),
            Run(new Square(Epsilon) { Queries = 500 }, victim, places),
        ];

        AttackOutcome worst = AttackOutcome.Worst(Array.ConvertAll(all, run => JudgedBy(victim, run)), Norm.LInf);
        Assert.All(worst.Records.Where(record => record.CleanCorrect), record => Assert.True(record.Success));
        Assert.InRange(worst.Records.Count(record => record.CleanCorrect), Count - 1, Count);
    }

    // These show no gradient at all, and PGD says so: it is no evidence of robustness.
    [Theory]
    [InlineData("gradient killer")]
    [InlineData("quantiser")]
    public void GradientThatIsShown_IsFooled(string name)
    {
        // From the image itself: noise alone, of a random start, fools this network now and then.
        AttackOutcome run = Run(Pgd.Foolbox24 with { Epsilon = Epsilon }, Create(name), Evaluation.CorrectOn([Network], Digits, Count));

        Assert.All(run.Records, record => Assert.False(record.Success));
        Assert.All(run.Records, record => Assert.Equal(StopReason.ZeroGradient, record.Reason));
    }

    // From the image itself here too, so that it is the estimate that finds the way.
    [TheoryOf(Tier.Ci)]
    [InlineData("nes", 8)]
    [InlineData("spsa", 8)]
    [InlineData("finite-difference", 2)]
    public void GradientKiller_IsBrokenByEachEstimateAlone(string rule, int steps)
    {
        IGradientVictim victim = Create("gradient killer");
        ZerothOrderEstimator estimator = rule switch
        {
            "nes" => new Nes { Samples = 50 },
            "spsa" => new Spsa { Samples = 50 },
            _ => new FiniteDifference(),
        };

        AttackOutcome run = Run(
            Pgd.Foolbox24 with { Epsilon = Epsilon, Steps = steps, StepRatio = 2.0 / steps },
            new EstimatedGradientVictim(new ScoreOnlyVictim(victim), estimator, seed: 1), Evaluation.CorrectOn([Network], Digits, Count));

        Assert.All(JudgedBy(victim, run).Records, record => Assert.True(record.Success));
    }

    // Large logits are no obstacle where the loss keeps its gradient.
    [Fact]
    public void LogitsTimesFifty_AreBrokenByTheGradientAlone()
    {
        AttackOutcome run = Run(new Pgd(Epsilon) { Restarts = 1 }, Create("logits x 50"), Evaluation.CorrectOn([Network], Digits, Count));

        Assert.All(run.Records, record => Assert.True(record.Success));
    }

    static AttackOutcome Run<TVictim>(IAttack<TVictim> attack, TVictim victim, int[] places)
        where TVictim : ILabelVictim =>
        new(AttackRunner.Run(
            attack, victim, Digits.Images(places), [.. places.Select(place => Digits.Labels[place])], seed: 1, positions: places), []);

    /// <summary>The same images, judged by the defence itself: not by what the attacker took in its place.</summary>
    static AttackOutcome JudgedBy(IGradientVictim victim, AttackOutcome run)
    {
        var images = new Tensor([.. run.Records.SelectMany(record => record.Adversarial)], [run.Records.Count, .. victim.InputShape]);
        int[] predictions = victim.Labels(images);
        return new AttackOutcome(
            [.. run.Records.Zip(predictions, (record, prediction) =>
                record with { Prediction = prediction, Success = record.CleanCorrect && prediction != record.Label })],
            run.Fooled);
    }

    static Defence Create(string name) => name switch
    {
        "gradient killer" => new Defence { ShowsGradient = false },
        "logits x 50" => new Defence { Scale = 50 },
        "softmax output" => new Defence { Softmax = true },
        "quantiser" => new Defence { Before = Quantise, ShowsGradient = false },
        _ => new Defence { Before = new Noise().Add },
    };

    static void Quantise(Span<float> image)
    {
        const int Levels = 5;
        foreach (ref float pixel in image)
            pixel = MathF.Round(pixel * (Levels - 1)) / (Levels - 1);
    }

    /// <summary>Other noise each time, as a defence would have it.</summary>
    sealed class Noise
    {
        ulong calls;

        public void Add(Span<float> image)
        {
            var random = new CounterRandom(77, calls++);
            foreach (ref float pixel in image)
                pixel += (float)(0.1 * random.NextNormal());
        }
    }

    /// <summary>The network with something in front of it or behind it.</summary>
    sealed class Defence : IGradientVictim
    {
        public Action<Span<float>>? Before { get; init; }

        public float Scale { get; init; } = 1;

        public bool Softmax { get; init; }

        public bool ShowsGradient { get; init; } = true;

        public ReadOnlySpan<int> InputShape => Network.InputShape;

        public int Classes => Network.Classes;

        public int[] Labels(Tensor images) => Scores.Labels(Logits(images));

        public Tensor Logits(Tensor images)
        {
            Tensor logits = Network.Forward(Changed(images));
            for (int i = 0; i < logits.Batch; i++)
                Behind(logits.Row(i));
            return logits;
        }

        public (Tensor Logits, Tensor Gradient) InputGradient(Tensor images, LogitGradient loss)
        {
            Tensor shown = Tensor.Zeros(images.Batch, Classes);
            (_, Tensor gradient) = Network.InputGradient(Changed(images), (image, logits, back) =>
            {
                Span<float> output = shown.Row(image);
                logits.CopyTo(output);
                Behind(output);
                float[] own = new float[output.Length];
                loss(image, output, own);
                double mean = output.ToArray().Zip(own).Sum(pair => (double)pair.First * pair.Second);
                for (int i = 0; i < back.Length; i++)
                    back[i] = Softmax ? (float)(output[i] * (own[i] - mean)) : Scale * own[i];
            });
            if (!ShowsGradient)
                gradient.Data.AsSpan().Clear();
            return (shown, gradient);
        }

        Tensor Changed(Tensor images)
        {
            Tensor changed = images.Clone();
            for (int i = 0; i < changed.Batch; i++)
                Before?.Invoke(changed.Row(i));
            return changed;
        }

        void Behind(Span<float> logits)
        {
            float largest = float.NegativeInfinity;
            foreach (ref float logit in logits)
            {
                logit *= Scale;
                largest = MathF.Max(largest, logit);
            }

            if (!Softmax)
                return;
            float total = 0;
            foreach (ref float logit in logits)
            {
                logit = MathF.Exp(logit - largest);
                total += logit;
            }

            foreach (ref float logit in logits)
                logit /= total;
        }
    }
}
