using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;

namespace Dapprox.Experiments.Runs;

/// <summary>What the units of a run share: networks and images, each loaded once, and the results of other units.</summary>
/// <param name="folder">The folder of the results.</param>
/// <param name="dataFolder">The folder of the data sets; null for the one that the environment names.</param>
/// <param name="seed">Determines every random number.</param>
public sealed class RunContext(RunFolder folder, string? dataFolder, ulong seed)
{
    readonly Dictionary<(string, Split), Dataset> datasets = [];
    readonly Dictionary<(string, Split), object> images = [];
    readonly Dictionary<ModelVariant, Network> exact = [];
    readonly Dictionary<(ModelVariant, string), Network> prepared = [];
    readonly Dictionary<string, object> results = [];
    readonly Dictionary<WorkUnit, string> files = [];
    readonly Dictionary<Network, object> weights = [];
    readonly Dictionary<string, (Network Network, string Preparation)> given = [];

    /// <summary>The folder of the results.</summary>
    public RunFolder Folder => folder;

    /// <summary>Determines every random number.</summary>
    public ulong Seed => seed;

    /// <summary>What is audited, in words, for an audit, whose folder holds nothing else; null for other runs.</summary>
    public string? Audit { get; init; }

    /// <summary>Uses a network that is prepared otherwise than its file says.</summary>
    /// <param name="model">Its name or path in <see cref="ModelVariant.Model"/>.</param>
    /// <param name="network">The network, exact in all layers.</param>
    /// <param name="preparation">A text that differs where the preparation does; empty for a network as it is in its file.</param>
    public void Use(string model, Network network, string preparation) => given[model] = (network, preparation);

    /// <summary>Uses some images of a data set, or a user's own pictures, as the test images of that name.</summary>
    /// <param name="images">The images; their name is that of the data set.</param>
    /// <param name="calibration">The images on which gains are measured; null for the training images of the data set.</param>
    public void Use(Dataset images, Dataset? calibration)
    {
        ArgumentNullException.ThrowIfNull(images);
        datasets[(images.Name, Split.Test)] = images;
        if (calibration is not null)
            datasets[(images.Name, Split.Train)] = calibration;
    }

    /// <summary>The images of a data set.</summary>
    /// <param name="name">The name of the data set.</param>
    /// <param name="split">Training or test images.</param>
    /// <exception cref="InputException">The files are missing or damaged.</exception>
    public Dataset Data(string name, Split split = Split.Test)
    {
        if (!datasets.TryGetValue((name, split), out Dataset? data))
            datasets[(name, split)] = data = Datasets.Load(name, split, dataFolder);
        return data;
    }

    /// <summary>What determines the images of a data set: their fingerprint, and their positions, on which random numbers depend.</summary>
    /// <param name="name">The name of the data set.</param>
    /// <param name="split">Training or test images.</param>
    /// <exception cref="InputException">The files are missing or damaged.</exception>
    internal object ImagesIdentity(string name, Split split)
    {
        if (!images.TryGetValue((name, split), out object? identity))
        {
            Dataset data = Data(name, split);
            images[(name, split)] = identity = new { Fingerprint = Fingerprint.Of(data), data.Offset };
        }

        return identity;
    }

    /// <summary>The first training images, on which gains are measured.</summary>
    /// <param name="dataset">The name of the data set.</param>
    /// <param name="count">The maximum number of images.</param>
    public Tensor Calibration(string dataset, int count = GradientWeights.CalibrationImages)
    {
        Dataset training = Data(dataset, Split.Train);
        return training.Images(0, Math.Min(count, training.Count));
    }

    /// <summary>The network with a variant's weights, exact in all layers and unperturbed.</summary>
    /// <param name="variant">The network; its weights are loaded at most once.</param>
    /// <exception cref="InputException">The weights cannot be read.</exception>
    public Network Exact(ModelVariant variant)
    {
        ModelVariant key = variant with
        {
            Assignment = MultiplierAssignment.Exact,
            CalibrationImages = 0,
            Quantisation = null,
            Perturbation = Perturbation.None,
        };
        if (!exact.TryGetValue(key, out Network? network))
        {
            exact[key] = network = key.Training is not null ? key.Training.Network(Result(key.Training))
                : given.TryGetValue(key.Model, out (Network Network, string Preparation) one) ? one.Network
                : TrainedModels.Load(key.Model);
        }

        return network;
    }

    /// <summary>
    /// What determines the exact logits of a variant that no unit trains: the fingerprint of its weights; that of its file, if any, which
    /// may hold more, such as other layers; what is left out of its end; and how it is prepared, if otherwise than its file says.
    /// </summary>
    /// <param name="variant">The network; its weights are loaded at most once.</param>
    /// <exception cref="InputException">The weights cannot be read.</exception>
    internal object WeightsIdentity(ModelVariant variant)
    {
        Network network = Exact(variant);
        if (!weights.TryGetValue(network, out object? identity))
        {
            weights[network] = identity = new
            {
                Fingerprint = Fingerprint.Of(network),
                File = File.Exists(variant.Model) ? Fingerprint.OfFile(variant.Model) : null,
                network.RemovedEnd,
                Preparation = given.GetValueOrDefault(variant.Model).Preparation is { Length: > 0 } preparation ? preparation : null,
            };
        }

        return identity;
    }

    /// <summary>The name of a unit's file.</summary>
    /// <param name="unit">A unit of this run.</param>
    /// <exception cref="InputException">Its images, weights or circuits cannot be read.</exception>
    public string FileOf(WorkUnit unit)
    {
        if (!files.TryGetValue(unit, out string? file))
            files[unit] = file = unit.FileName(this);
        return file;
    }

    /// <summary>The network of a variant.</summary>
    /// <param name="variant">The network; its weights are loaded, quantised and calibrated at most once.</param>
    /// <param name="dataset">The data set on whose training images gains are measured and networks are calibrated.</param>
    /// <exception cref="InputException">The weights or a circuit cannot be read.</exception>
    public Network Network(ModelVariant variant, string dataset)
    {
        ArgumentNullException.ThrowIfNull(variant);
        if (variant is { CalibrationImages: 0, Quantisation: null })
            return Make();
        if (!prepared.TryGetValue((variant, dataset), out Network? network))
            prepared[(variant, dataset)] = network = Make();
        return network;

        Network Make() => variant.Make(Exact(variant), count => Calibration(dataset, count), seed);
    }

    /// <summary>The result of a unit that is done.</summary>
    /// <typeparam name="TRow">The record of a row.</typeparam>
    /// <param name="unit">A unit of this run.</param>
    /// <exception cref="InputException">Its file is missing, or is not the result of such a unit.</exception>
    public IReadOnlyList<TRow> Result<TRow>(WorkUnit<TRow> unit)
        where TRow : notnull
    {
        ArgumentNullException.ThrowIfNull(unit);
        string file = FileOf(unit);
        if (!results.TryGetValue(file, out object? rows))
            results[file] = rows = folder.Read(file, unit.Mapper(this));
        return (IReadOnlyList<TRow>)rows;
    }

    /// <summary>Whether a unit and all that it needs can be computed here, which takes its data set.</summary>
    /// <param name="unit">A unit of this run.</param>
    public bool CanRun(WorkUnit unit)
    {
        ArgumentNullException.ThrowIfNull(unit);
        if (unit.Dataset is string dataset)
        {
            try
            {
                Data(dataset);
            }
            catch (InputException)
            {
                return false;
            }
        }

        return unit.Needs.All(CanRun);
    }

    /// <summary>Whether the result of a unit is in the folder.</summary>
    /// <param name="unit">A unit of this run.</param>
    /// <exception cref="InputException">Its images, weights or circuits cannot be read.</exception>
    public bool IsDone(WorkUnit unit)
    {
        ArgumentNullException.ThrowIfNull(unit);
        return folder.Has(FileOf(unit));
    }
}
