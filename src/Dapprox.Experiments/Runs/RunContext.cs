using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;

namespace Dapprox.Experiments.Runs;

/// <summary>What the units of a run work with: networks and images, each loaded once, and the results of other units.</summary>
/// <param name="folder">Where results are kept.</param>
/// <param name="dataFolder">The folder of the data sets; null for the one that the environment names.</param>
/// <param name="seed">Determines every random number.</param>
public sealed class RunContext(RunFolder folder, string? dataFolder, ulong seed)
{
    readonly Dictionary<(string, Split), Dataset> datasets = [];
    readonly Dictionary<(string, Split), string> fingerprints = [];
    readonly Dictionary<ModelVariant, Network> exact = [];
    readonly Dictionary<string, Rows> results = [];
    readonly Dictionary<WorkUnit, string> files = [];
    readonly Dictionary<Network, string> weights = [];
    readonly Dictionary<string, (Network Network, string Preparation)> given = [];

    /// <summary>Where results are kept.</summary>
    public RunFolder Folder => folder;

    /// <summary>Determines every random number.</summary>
    public ulong Seed => seed;

    /// <summary>What an audit audits, whose folder holds nothing else; null for a run that shares its folder with others.</summary>
    public string? Audit { get; init; }

    /// <summary>Uses a network that is prepared otherwise than its file says.</summary>
    /// <param name="model">Its name or path in <see cref="ModelVariant.Model"/>.</param>
    /// <param name="network">The network, exact in all layers.</param>
    /// <param name="preparation">How it is prepared, in words that differ where another network results; empty where it is as in its file.</param>
    public void Use(string model, Network network, string preparation) => given[model] = (network, preparation);

    /// <summary>Uses some images of a data set, or a user's own pictures, as the test images of that name.</summary>
    /// <param name="images">The images.</param>
    /// <param name="calibration">The images that gains are measured on; null for the training images of the data set.</param>
    public void Use(Dataset images, Dataset? calibration)
    {
        ArgumentNullException.ThrowIfNull(images);
        datasets[(images.Name, Split.Test)] = images;
        if (calibration is not null)
            datasets[(images.Name, Split.Train)] = calibration;
    }

    /// <summary>The images of a data set.</summary>
    /// <param name="name">The data set's name.</param>
    /// <param name="split">Which of them.</param>
    /// <exception cref="InputException">They cannot be had.</exception>
    public Dataset Data(string name, Split split = Split.Test)
    {
        if (!datasets.TryGetValue((name, split), out Dataset? data))
            datasets[(name, split)] = data = Datasets.Load(name, split, dataFolder);
        return data;
    }

    /// <summary>A data set in words that differ where its images do.</summary>
    /// <param name="name">The data set's name.</param>
    /// <param name="split">Which images.</param>
    public string DescribeData(string name, Split split = Split.Test)
    {
        if (!fingerprints.TryGetValue((name, split), out string? fingerprint))
        {
            // The position of an image decides its random numbers.
            Dataset data = Data(name, split);
            fingerprints[(name, split)] = fingerprint = $"{name} {split} {Fingerprint.Of(data)}{(data.Offset == 0 ? "" : $" from image {data.Offset}")}";
        }

        return fingerprint;
    }

    /// <summary>The first images to train on, on which gains are measured.</summary>
    /// <param name="dataset">The data set's name.</param>
    public Tensor Calibration(string dataset)
    {
        Dataset training = Data(dataset, Split.Train);
        return training.Images(0, Math.Min(GradientWeights.CalibrationImages, training.Count));
    }

    /// <summary>The exact network with a subject's weights.</summary>
    /// <param name="subject">The subject.</param>
    public Network Exact(ModelVariant subject)
    {
        ModelVariant key = subject with { Assignment = MultiplierAssignment.Exact, Perturbation = Perturbation.None };
        if (!exact.TryGetValue(key, out Network? network))
        {
            exact[key] = network = key.Training is not null ? key.Training.Network(Result(key.Training))
                : given.TryGetValue(key.Model, out (Network Network, string Preparation) one) ? one.Network
                : TrainedModels.Load(key.Model);
        }

        return network;
    }

    /// <summary>
    /// The fingerprint of a subject's exact weights, and of the file they are from, if any: it may hold more, such as other layers; and how
    /// the network is prepared, if otherwise than its file says.
    /// </summary>
    /// <param name="subject">The subject.</param>
    public string DescribeWeights(ModelVariant subject)
    {
        Network network = Exact(subject);
        if (!weights.TryGetValue(network, out string? fingerprint))
        {
            string file = subject.Training is null && File.Exists(subject.Model) ? $" {Fingerprint.OfFile(subject.Model)}" : "";
            weights[network] = fingerprint = Fingerprint.Of(network) + file + (subject.Training is null ? given.GetValueOrDefault(subject.Model).Preparation : "");
        }

        return fingerprint;
    }

    /// <summary>The name of a unit's file.</summary>
    /// <param name="unit">The unit.</param>
    public string FileOf(WorkUnit unit)
    {
        if (!files.TryGetValue(unit, out string? file))
            files[unit] = file = unit.FileName(this);
        return file;
    }

    /// <summary>A subject's network.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="dataset">The data set on whose images gains are measured.</param>
    public Network Network(ModelVariant subject, string dataset)
    {
        ArgumentNullException.ThrowIfNull(subject);
        return subject.Make(Exact(subject), () => Calibration(dataset), seed);
    }

    /// <summary>The result of a unit that is done.</summary>
    /// <param name="unit">The unit.</param>
    /// <exception cref="InputException">Its file is not there, or cannot be read.</exception>
    public Rows Result(WorkUnit unit)
    {
        ArgumentNullException.ThrowIfNull(unit);
        string file = FileOf(unit);
        if (!results.TryGetValue(file, out Rows? rows))
            results[file] = rows = folder.Read(file);
        return rows;
    }

    /// <summary>Whether a unit and all it needs can be had here: the data set is found.</summary>
    /// <param name="unit">The unit.</param>
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

    /// <summary>Whether a unit's result is there.</summary>
    /// <param name="unit">The unit.</param>
    public bool IsDone(WorkUnit unit)
    {
        ArgumentNullException.ThrowIfNull(unit);
        return folder.Has(FileOf(unit));
    }
}
