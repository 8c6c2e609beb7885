using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Hardware;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Measurement;
using Dapprox.Search;

namespace Dapprox.Networks;

/// <summary>
/// Searches which multiplier in which layer gives the least energy at each accuracy, without training (Mrázek, Vašíček, Sekanina, Hanif,
/// Shafique, "ALWANN: Automatic Layer-Wise Approximation of Deep Neural Network Accelerators without Retraining", ICCAD 2019).
/// </summary>
/// <remarks>
/// First the sensitivity of each layer is measured: the accuracy with each multiplier in that layer alone. From all layers exact, the
/// change that saves most energy for the accuracy that it is expected to cost is made again and again, as if what layers cost were to add
/// up; these assignments begin NSGA-II, which measures the accuracy of each assignment.
/// </remarks>
public sealed class AssignmentSearch
{
    // Of a change that costs no image, the accuracy that is taken as its cost: half an image.
    const double LeastImages = 0.5;

    readonly IReadOnlyList<Multiplier> multipliers;
    // By multiplier: the network with it in all layers that are assigned.
    readonly Network[] networks;
    readonly int[] places;
    readonly Dataset images;
    // By place and multiplier, in fJ for an image.
    readonly double[][] energies;
    // Of the layers that are not assigned, and of all with exact multipliers.
    readonly double fixedEnergy, exactEnergy;

    /// <summary>Prepares a search and measures energies.</summary>
    /// <param name="multipliers">The multipliers to choose from, 2 to 256; the first is the exact one.</param>
    /// <param name="on">The network with a multiplier in the layers that are assigned.</param>
    /// <param name="images">Labelled images on which accuracy is measured, at least two.</param>
    /// <param name="library">The prices of cells.</param>
    /// <param name="seed">Determines every random number.</param>
    /// <param name="progress">Receives the fraction of the work done since the last call; null for none.</param>
    /// <param name="cancellation">Stops between layers.</param>
    /// <exception cref="InputException">No circuit of a multiplier is known, or it does not fit the network.</exception>
    public AssignmentSearch(
        IReadOnlyList<Multiplier> multipliers, Func<Multiplier, Network> on, Dataset images, CellLibrary library, ulong seed,
        Action<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(multipliers);
        ArgumentOutOfRangeException.ThrowIfLessThan(multipliers.Count, 2, nameof(multipliers));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(multipliers.Count, 256, nameof(multipliers));
        (this.multipliers, this.images) = (multipliers, images);
        CostMeasurement[] measurements = [.. multipliers.Select(multiplier => CostMeasurement.Of(multiplier, library))];
        // An assignment is measured on one thread, and several assignments together.
        networks = [.. multipliers.Select(on).Select(network => network.WithLayers(network.Layers, threads: 1))];
        // The layers that change with the multiplier.
        places = [.. Enumerable.Range(0, networks[0].Layers.Count).Where(index =>
            networks[0].Layers[index] is IMultiplies && networks.Skip(1).Any(network =>
                ((IMultiplies)network.Layers[index]).Multiplier != ((IMultiplies)networks[0].Layers[index]).Multiplier))];
        energies = [.. places.Select(_ => new double[multipliers.Count])];
        double others = 0;
        networks[0].Observe(images.Images(0, Math.Min(Comparison.PricedImages, images.Count)), (index, inputs) =>
        {
            if (networks[0].Layers[index] is not IMultiplies own)
                return;
            int place = Array.IndexOf(places, index);
            if (place < 0)
                others += Energy(0, CostMeasurement.Of(own.Multiplier, library));
            for (int choice = 0; place >= 0 && choice < multipliers.Count; choice++)
            {
                energies[place][choice] = Energy(choice, measurements[choice]);
                progress?.Invoke(1.0 / (places.Length * multipliers.Count));
            }

            double Energy(int choice, CostMeasurement circuit) => NetworkCost.OfLayer(
                networks[choice].Layers[index], inputs, circuit, Comparison.CostSamples, seed, (ulong)index, cancellation).Energy;
        });
        fixedEnergy = others;
        exactEnergy = fixedEnergy + energies.Sum(own => own[0]);
        Layers = [.. places.Select(place => networks[0].Layers[place].Name)];
        Problem = ProblemOn(images);
    }

    /// <summary>The names of the layers that are assigned, in order.</summary>
    public IReadOnlyList<string> Layers { get; }

    /// <summary>
    /// The search: for each layer the index of its multiplier; minimised are the energy, relative to exact multipliers everywhere, and the
    /// fraction of images that are not classified correctly.
    /// </summary>
    public SearchProblem Problem { get; }

    /// <summary>The same problem on other images; energies stay those of the images of the search.</summary>
    /// <param name="others">Labelled images, at least one.</param>
    public SearchProblem ProblemOn(Dataset others) => new(places.Length, multipliers.Count, genes => Evaluate(genes, others));

    /// <summary>An assignment as a multiplier.</summary>
    /// <param name="genes">For each layer the index of its multiplier.</param>
    public LayerMultipliers Assignment(IReadOnlyList<byte> genes) => new(
        string.Join('+', genes.Zip(Layers, (choice, layer) => $"{multipliers[choice].Name}:{layer}")),
        [.. genes.Zip(Layers, (choice, layer) => (multipliers[choice], LayerSelection.Named([layer])))]);

    /// <summary>Measures the sensitivity of each layer, and gives the assignments that the search begins with, from exact on.</summary>
    /// <param name="progress">Receives the fraction of the work done since the last call; null for none.</param>
    /// <param name="cancellation">Stops the measurement.</param>
    public IReadOnlyList<byte[]> Seeds(Action<double>? progress = null, CancellationToken cancellation = default)
    {
        // By place and multiplier, in that place alone.
        double[][] losses = [.. places.Select((_, place) =>
        {
            byte[][] alone = [.. multipliers.Select((_, choice) =>
            {
                byte[] genes = new byte[places.Length];
                genes[place] = (byte)choice;
                return genes;
            })];
            double[] wrong = [.. Problem.EvaluateAll(alone, threads: 0, cancellation).Select(candidate => candidate.Values[1])];
            progress?.Invoke(1.0 / places.Length);
            return Array.ConvertAll(wrong, own => Math.Max(0, own - wrong[0]));
        })];
        var seeds = new List<byte[]> { new byte[places.Length] };
        while (true)
        {
            byte[] now = seeds[^1];
            (int Place, int Choice, double Gain)? best = null;
            for (int place = 0; place < places.Length; place++)
            {
                for (int choice = 0; choice < multipliers.Count; choice++)
                {
                    double saved = energies[place][now[place]] - energies[place][choice];
                    double cost = Math.Max(losses[place][choice] - losses[place][now[place]], LeastImages / images.Count);
                    if (saved > 0 && (best is null || saved / cost > best.Value.Gain))
                        best = (place, choice, saved / cost);
                }
            }

            if (best is not { } change)
                return seeds;
            byte[] next = [.. now];
            next[change.Place] = (byte)change.Choice;
            seeds.Add(next);
        }
    }

    double[] Evaluate(byte[] genes, Dataset on)
    {
        double energy = fixedEnergy;
        Layer[] layers = [.. networks[0].Layers];
        for (int place = 0; place < genes.Length; place++)
        {
            energy += energies[place][genes[place]];
            layers[places[place]] = networks[genes[place]].Layers[places[place]];
        }

        return [energy / exactEnergy, 1 - Evaluation.Of(networks[0].WithLayers(layers), on).Accuracy];
    }
}
