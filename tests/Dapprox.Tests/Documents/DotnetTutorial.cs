// docs/tutorial-dotnet.md shows the lines between the markers, one part in each csharp block; DotnetTutorialTests compares them.
// part
using Dapprox.Arithmetic;
using Dapprox.Circuits;
using Dapprox.Measurement;
using Dapprox.Networks.Attacks;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Models;
using Dapprox.Statistics;
// end

namespace Dapprox.Tests.Documents;

static class DotnetTutorial
{
    public static void Run()
    {
        // part
        FloatMultiplier axFpm = AxFpm.Released;
        ErrorMetrics error = ErrorMeasurement.Sample(axFpm, OperandDistribution.Uniform11, samples: 1_000_000, seed: 1);

        Console.WriteLine($"0.856 × 0.471 = {axFpm.Multiply(0.856f, 0.471f)}, exact {0.856f * 0.471f}");
        Console.WriteLine($"MRED {error.MeanRelativeError.Value:F3}, {error.ShareAbove.Value:P1} above the exact product");
        // end

        // part
        var mine = new TableMultiplier("mine", 8, isSigned: true, (a, b) => a * (b & ~3L));
        var drum = new DrumMultiplier(8, k: 6, isSigned: true);

        foreach (IntegerMultiplier integers in (IntegerMultiplier[])[mine, drum])
        {
            IntegerMetrics metrics = IntegerMeasurement.AllPairs(integers, IntegerDistribution.Uniform);
            Console.WriteLine($"{integers}: MRED {metrics.MeanRelativeError.Value:F4}, worst case {metrics.WorstAbsolute.Error}");
        }
        // end

        // part
        Network exact = TrainedModels.Load("lenet5-digits");
        Network approximate = exact.With(axFpm);
        Dataset digits = Datasets.Load("digits", Split.Test).First(200);

        foreach (Network network in (Network[])[exact, approximate])
        {
            Evaluation result = Evaluation.Of(network, digits);
            Console.WriteLine($"{result.Correct} of {result.Count} correct, {result.Interval.Low:P1} to {result.Interval.High:P1}");
        }
        // end

        // part
        Network byCircuit = exact.With(new CircuitMultiplier(CircuitDescription.Build("array:24:ama1:columns=20")));

        Console.WriteLine($"{Evaluation.Of(byCircuit, digits).Accuracy:P1} with AMA1 in the lowest 20 columns");
        // end

        // part
        var onExact = new Campaign(digits, exact) { CorrectOn = [exact, approximate], First = 50, TriedOn = [approximate] };
        Proportion transfer = onExact.Run(new DeepFool()).Worst.Transfer[0];

        Console.WriteLine($"DeepFool on exact: {transfer.Count} of {transfer.Of} examples fool Ax-FPM");
        // end

        // part
        var onApproximate = new Campaign(digits, approximate)
        {
            CorrectOn = [exact, approximate],
            First = 50,
            Estimators = [GradientEstimator.StraightThrough, GradientEstimator.Smoothed],
            TriedOn = [exact],
        };
        CampaignResult adaptive = onApproximate.Run(new DeepFool());
        foreach ((GradientEstimator? gradient, AttackOutcome outcome) in adaptive.ByEstimator)
            Console.WriteLine($"DeepFool on Ax-FPM, {gradient}: mean L2 {outcome.Summary.MeanL2:F2}");
        AttackOutcome nearest = adaptive.Worst;
        Console.WriteLine($"nearest: mean L2 {nearest.Summary.MeanL2:F2}, {nearest.Transfer[0].Value:P0} fool the exact network");
        // end
    }

    /// <summary>Takes the place of the console for the tutorial.</summary>
    public static class Console
    {
        public static List<string> Lines { get; } = [];

        public static void WriteLine(string value) => Lines.Add(value);
    }
}
