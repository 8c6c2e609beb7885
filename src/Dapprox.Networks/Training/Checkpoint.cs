using System.Globalization;
using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Networks.Data;
using Dapprox.Networks.Formats;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Training;

/// <summary>
/// The complete state of a training between two epochs, in a safetensors file: the weights, the best weights so far (<c>best.</c>),
/// the optimiser state of each weight (<c>adam.mean.</c> and <c>adam.square.</c>, or <c>momentum.</c>), and in the header the
/// counters and the identity of the training.
/// </summary>
static class Checkpoint
{
    const string Training = "training";

    /// <summary>The identity of a training; only an equal training can be continued.</summary>
    public static string Describe(Network network, TrainingOptions options, Dataset data) =>
        $"{network.Name} {Fingerprint.Of(network)} on {Hardware(network)}, {options with { Threads = 0, CheckpointPath = null }}, "
            + $"{data.Name} {Fingerprint.Of(data)}";

    /// <summary>The multipliers, and a fingerprint of the formats of activations where there are any.</summary>
    static string Hardware(Network network)
    {
        IMultiplies[] layers = [.. network.Layers.OfType<IMultiplies>()];
        float[] formats = [.. layers.Select(layer => layer.Quantisation?.Activations).OfType<AffineQuantisation>()
            .SelectMany(format => (float[])[format.Scale, format.ZeroPoint, format.Format.Bits])];
        string names = string.Join('+', layers.Select(layer => layer.Multiplier.Name).Distinct());
        return formats.Length == 0
            ? names
            : $"{names} ({Fingerprint.Of([formats])}{(LearntScales.Are(network) ? ", scales learnt" : "")})";
    }

    public static void Save(string path, string training, TrainingRun run)
    {
        var tensors = new Dictionary<string, Tensor>();
        foreach ((LearntArray array, float[] best) in run.Learnt.Arrays.Zip(run.Best))
        {
            int[] shape = [.. array.Shape];
            tensors.Add(array.Name, new Tensor(array.Values, shape));
            tensors.Add("best." + array.Name, new Tensor(best, shape));
        }

        foreach ((string name, float[] values) in run.Optimiser.State)
            tensors.Add(name, new Tensor(values, values.Length));

        Safetensors.Save(path, tensors, new Dictionary<string, string>
        {
            [Training] = training,
            ["epoch"] = Text(run.Epoch),
            ["step"] = Text(run.Optimiser.Steps),
            ["best epoch"] = Text(run.BestEpoch),
            ["improved epoch"] = Text(run.ImprovedEpoch),
            ["best correct"] = Text(run.BestCorrect),
        });
    }

    /// <exception cref="InputException">The file is not a checkpoint, or belongs to another training.</exception>
    public static void Load(string path, string training, TrainingRun run)
    {
        var file = Safetensors.Load(path);
        string theirs = file.Metadata.GetValueOrDefault(Training, "none that is known");
        if (theirs != training)
            throw new InputException($"'{path}' is the checkpoint of another training ({theirs}) than this one ({training}); give the "
                + "same options, another path, or delete it");
        run.Epoch = (int)Number(file, path, "epoch");
        run.BestEpoch = (int)Number(file, path, "best epoch");
        run.ImprovedEpoch = (int)Number(file, path, "improved epoch");
        run.BestCorrect = (int)Number(file, path, "best correct");
        run.Optimiser.Steps = Number(file, path, "step");
        foreach ((LearntArray array, float[] best) in run.Learnt.Arrays.Zip(run.Best))
        {
            Copy(file, path, array.Name, array.Values);
            Copy(file, path, "best." + array.Name, best);
        }

        foreach ((string name, float[] values) in run.Optimiser.State)
            Copy(file, path, name, values);
    }

    static void Copy(Safetensors file, string path, string name, float[] values)
    {
        if (!file.Tensors.TryGetValue(name, out Tensor? tensor) || tensor.Data.Length != values.Length)
            throw new InputException($"'{path}' is a damaged checkpoint: it has no {values.Length} numbers '{name}'; delete it");
        tensor.Data.CopyTo(values, 0);
    }

    static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    static long Number(Safetensors file, string path, string key) =>
        int.TryParse(file.Metadata.GetValueOrDefault(key), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new InputException($"'{path}' is a damaged checkpoint: its header has no number '{key}'; delete it");
}
