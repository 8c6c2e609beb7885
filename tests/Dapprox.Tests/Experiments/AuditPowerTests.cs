using Dapprox.Arithmetic;
using Dapprox.Experiments.Audits;
using Dapprox.Experiments.Audits.Checks;
using Dapprox.Experiments.Runs;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Training;
using Xunit;

namespace Dapprox.Tests.Experiments;

/// <summary>
/// The audit on networks whose robustness is known: what each check tells apart. The network is small, two dense layers on the digits, so
/// that all of its attacks take seconds.
/// </summary>
public sealed class AuditPowerTests : IDisposable
{
    const int Hidden = 64;

    static readonly AuditScale Small = new("small", 80, 10, 2, 200, 500, 1) { HopSkipJumpIterations = 4, CarliniWagnerIterations = 100 };

    static readonly Lazy<Network> Plain = new(() => Trained(new TrainingOptions { Epochs = 12, Shift = 0, Rotation = 0 }));

    // After Mądry et al., "Towards Deep Learning Models Resistant to Adversarial Attacks", ICLR 2018.
    static readonly Lazy<Network> Adversarial = new(() => Trained(new TrainingOptions
    {
        Epochs = 15,
        Shift = 0,
        Rotation = 0,
        AdversarialEpsilon = 0.1,
        AdversarialSteps = 7,
    }));

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    static Network Trained(TrainingOptions options)
    {
        Dataset data = Datasets.Load("digits", Split.Train);
        var initial = new Network(
            "plain", [1, 28, 28], 10,
            [
                new Flatten("flatten"), Initial("hidden", 784, Hidden), new Relu("relu"), Initial("logits", Hidden, 10),
            ]);
        return Trainer.Train(initial, data, options, cancellation: TestContext.Current.CancellationToken).Network;
    }

    // Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010.
    static Dense Initial(string name, int inputs, int outputs)
    {
        var random = new Foundation.CounterRandom(3, (ulong)outputs);
        float bound = MathF.Sqrt(6f / (inputs + outputs));
        float[] weights = new float[inputs * outputs];
        foreach (ref float weight in weights.AsSpan())
            weight = random.NextSingle(-bound, bound);
        return new Dense(name, inputs, outputs, weights, new float[outputs], ExactMultiplier.Rounded);
    }

    AuditResult Audit(Network network, int images)
    {
        var context = new RunContext(new RunFolder(folder.File("run")), null, seed: 1);
        context.Use("plain", Plain.Value, "plain");
        context.Use("defence", network, "defence");
        var audit = new Audit(
            new Defence("defence", context.Data("digits"), new ModelVariant("defence", MultiplierAssignment.Exact))
            {
                Undefended = new ModelVariant("plain", MultiplierAssignment.Exact),
            },
            new Threat(Norm.LInf, 0.1, 0.05, 0.2), Small with { Images = images });
        Runner.Run(audit.Units, context, progress: null, TestContext.Current.CancellationToken);
        return audit.Judge(context, Runs.Info);
    }

    static Network With(Network network, params Layer[] before) =>
        new(network.Name, network.InputShape, network.Classes, [.. before, .. network.Layers]);

    static Network WithLogits(Func<Dense, (float[] Weights, float[] Bias)> change)
    {
        Layer[] layers = [.. Plain.Value.Layers];
        var logits = (Dense)layers[^1];
        (float[] weights, float[] bias) = change(logits);
        layers[^1] = logits.WithWeights(weights, bias);
        return Plain.Value.WithLayers(layers);
    }

    static float[] Scaled(ReadOnlySpan<float> numbers) => Array.ConvertAll(numbers.ToArray(), number => 1000 * number);

    /// <summary>The cases: a name, the network, and the outcomes that must be.</summary>
    static IReadOnlyDictionary<string, (Func<Network> Network, string[] Failed, bool? IsMoreRobust)> Cases { get; } =
        new Dictionary<string, (Func<Network>, string[], bool?)>
        {
            // Nothing about the attacks fails: only the comparisons with itself.
            ["undefended"] = (() => Plain.Value, ["T4"], false),
            ["trained on PGD"] = (() => Adversarial.Value, [], true),
            // The input is rounded to five levels, without a derivative: gradient attacks are blind, queries are not.
            ["input rounded, no derivative"] = (
                () => With(Plain.Value, new Pointwise("levels", x => MathF.Round(4 * x) / 4, (_, _) => 0)), ["S1", "S9"], false),
            // The softmax is saturated in binary32, and with it the cross-entropy.
            ["logits × 1000"] = (
                () => WithLogits(logits => (Scaled(logits.Weights), Scaled(logits.Bias))), ["S9"], false),
            ["constant"] = (
                () => WithLogits(logits => (new float[logits.Weights.Length], [1, 0, 0, 0, 0, 0, 0, 0, 0, 0])), ["S16"], false),
        };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [TheoryOf(Tier.Ci)]
    [MemberData(nameof(Names))]
    public void Audit_OfAKnownNetwork_IsTold(string name)
    {
        (Func<Network> network, string[] failed, bool? isMoreRobust) = Cases[name];

        // A claim takes more images than a fault.
        AuditResult result = Audit(network(), isMoreRobust == true ? 240 : 80);

        Assert.All(failed, id =>
        {
            CheckResult check = result.Checks.Single(check => check.Id == id);
            Assert.True(check.Outcome == Outcome.Failed, $"{id} is {check.Outcome}: {check.Measured}");
        });
        Assert.True(isMoreRobust == result.Holds, result.Conclusion);
        // What is about the defence alone fails for none whose gradients are what they seem.
        if (name is "undefended" or "trained on PGD")
            Assert.DoesNotContain(result.Checks, check => check.Id[0] == 'S' && check.Outcome == Outcome.Failed);
        if (name == "constant")
            Assert.DoesNotContain(result.Checks, check => check.Outcome == Outcome.Passed);
    }
}
