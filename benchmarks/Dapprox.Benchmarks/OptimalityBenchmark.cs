using System.Globalization;
using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Models;

namespace Dapprox.Benchmarks;

/// <summary>
/// How near the attacks with gradients come to the best of them, on exact and on approximate networks: the optimality of Cinà et al.,
/// "AttackBench: Evaluating Gradient-based Attacks for Adversarial Examples", AAAI 2025.
/// </summary>
/// <remarks>
/// With the distance dᵢ of an attack on image i, the least of all attacks dᵢ*, their means over the images and m the largest dᵢ*, the
/// optimality is 1 − (mean min(dᵢ, m) − mean dᵢ*) / (m − mean dᵢ*): one minus the area between the two curves of robust accuracy against
/// distance, over the area above the best one. All images are classified correctly, and an attack that fails is infinitely far.
/// </remarks>
static class OptimalityBenchmark
{
    const ulong Seed = 1;

    // As many evaluations of the network as in the paper.
    const int MaxQueries = 2000;

    // The first test images were looked at while the attacks were written.
    const int Skipped = 2000;

    static readonly (string Model, string Data, int Images)[] Networks =
        [("lenet5-mnist", "mnist", 30), ("alexnet-cifar-10", "cifar-10", 10)];

    static readonly Norm[] Norms = [Norm.LInf, Norm.L2, Norm.L1, Norm.L0];

    public static void Run(TextWriter output, string[] networks)
    {
        (string Model, string Data, int Images)[] measured = networks.Length == 0
            ? Networks
            : Array.ConvertAll(networks, name => Names.Find("network", name, Networks, network => network.Model));
        output.WriteLine(
            $"At most {MaxQueries} evaluations for an image, default settings, smoothed gradients of {AxFpm.Released.Name}. The images are "
                + $"test images from {Skipped} on that both networks classify correctly. The optimality is 1 for an attack that is nearest "
                + "on every image. In brackets the median distance for pixels in [0, 1]; ∞ where most images were not fooled.");
        output.WriteLine();
        foreach ((string model, string data, int images) in measured)
        {
            Dataset test = Datasets.Load(data, Split.Test).Skip(Skipped);
            Dataset training = Datasets.Load(data, Split.Train);
            Network exact = TrainedModels.Load(model), approximate = exact.With(AxFpm.Released);
            Campaign On(Network network, GradientEstimator estimator) => new(test, network)
            {
                CorrectOn = [exact, approximate],
                First = images,
                Estimators = [estimator],
                Calibration = () => training.Images(0, GradientWeights.CalibrationImages),
                MaxQueries = MaxQueries,
                Seed = Seed,
            };
            Campaign[] campaigns = [On(exact, GradientEstimator.StraightThrough), On(approximate, GradientEstimator.Smoothed)];
            foreach (Norm norm in Norms)
            {
                (string Name, double[][] Distances)[] rows =
                [
                    .. AttackCatalogue.All.SelectMany(entry => Attacks(entry, norm)).Select(one => (
                        one.Name,
                        Array.ConvertAll(campaigns, campaign => Distances(campaign.Run(one.Attack).Worst.Records, norm)))),
                ];
                output.WriteLine($"### {model}, {norm.Symbol()}, {images} images");
                output.WriteLine();
                output.WriteLine($"| attack | exact | {AxFpm.Released.Name} |");
                output.WriteLine("|---|---:|---:|");
                double[][] best =
                [
                    .. campaigns.Select((_, i) => Enumerable.Range(0, images).Select(j => rows.Min(row => row.Distances[i][j])).ToArray()),
                ];
                foreach ((string name, double[][] distances) in rows.OrderByDescending(row => Optimality(row.Distances[1], best[1])))
                    output.WriteLine($"| {name} | {string.Join(" | ", distances.Select((own, i) => Text(own, best[i])))} |");
                output.WriteLine();
                output.Flush();
            }
        }
    }

    /// <summary>The entry's attacks for the nearest example in a norm, one for each loss.</summary>
    static IEnumerable<(string Name, IAttack<IGradientVictim> Attack)> Attacks(AttackEntry entry, Norm norm)
    {
        if (entry.Access != Access.Gradients || entry.Budget == AttackBudget.Required || !entry.Norms.Contains(norm))
            return [];
        IAttack<IGradientVictim> attack = entry.Create(new AttackSettings());
        if (ChoiceOf<Norm>() is AttackOption norms)
            attack = norms.With(attack, norm);
        return ChoiceOf<ApgdLoss>() is AttackOption losses
            ? ((ChoiceValues)losses.Values).Choices.Select(loss => ($"{entry.Name}, {loss.Name}", losses.With(attack, loss.Value)))
            : [(entry.Name, attack)];

        AttackOption? ChoiceOf<T>() => entry.Options.FirstOrDefault(
            option => option.Values is ChoiceValues values && values.Choices.Any(one => one.Value is T));
    }

    static double[] Distances(IReadOnlyList<AttackRecord> records, Norm norm) =>
        [.. records.Select(record => record.Success ? record.Distances.In(norm) : double.PositiveInfinity)];

    static double Optimality(double[] own, double[] best)
    {
        double largest = best.Where(double.IsFinite).Max(), least = best.Average(distance => Math.Min(distance, largest));
        return 1 - (own.Average(distance => Math.Min(distance, largest)) - least) / (largest - least);
    }

    static string Text(double[] own, double[] best)
    {
        double median = own.Order().ElementAt(own.Length / 2);
        string distance = double.IsFinite(median) ? median.ToString("G3", CultureInfo.InvariantCulture) : "∞";
        return $"{Optimality(own, best).ToString("F3", CultureInfo.InvariantCulture)} ({distance})";
    }
}
