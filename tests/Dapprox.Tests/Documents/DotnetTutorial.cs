using Dapprox.Arithmetic;
using Dapprox.Circuits;
using Dapprox.Measurement;
using Dapprox.Networks.Attacks;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;

// docs/tutorial-dotnet.md shows the lines between the markers, one part in each csharp block; DotnetTutorialTests compares them.
// part
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
        int[] images = Evaluation.CorrectOn([exact, approximate], digits, first: 50);
        TransferAttack transfer = TransferAttack.Run(new DeepFool(), new NetworkVictim(exact), [approximate], digits, images, seed: 1);
        (int fooled, int examples) = transfer.Counts[0];

        Console.WriteLine($"DeepFool on exact: {fooled} of {examples} examples fool Ax-FPM");
        // end

        // part
        Tensor calibration = Datasets.Load("digits", Split.Train).Images(0, 100);
        foreach (GradientEstimator gradient in (GradientEstimator[])[GradientEstimator.StraightThrough, GradientEstimator.GainMatched])
        {
            AttackRecord[] records = AttackRunner.Run(
                new DeepFool(), gradient.Victim(approximate, calibration, seed: 1), digits.Images(images), [.. images.Select(image => digits.Labels[image])], seed: 1);
            Console.WriteLine($"DeepFool on Ax-FPM, {gradient.Name}: mean L2 {records.Average(record => record.Distances.L2):F2}");
        }
        // end
    }

    /// <summary>Takes the place of the console for the tutorial.</summary>
    public static class Console
    {
        public static List<string> Lines { get; } = [];

        public static void WriteLine(string value) => Lines.Add(value);
    }
}
