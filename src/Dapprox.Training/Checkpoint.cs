using System.Globalization;
using Dapprox.Foundation;
using Dapprox.Networks.Data;
using Dapprox.Networks.Formats;
using Dapprox.Networks.Tensors;
using TorchSharp;

namespace Dapprox.Training;

/// <summary>
/// The complete state of a training between two epochs, in a safetensors file: the weights, the best weights so far (<c>best.</c>),
/// the optimiser state of each weight (<c>adam.mean.</c> and <c>adam.square.</c>, or <c>momentum.</c>), and in the header the
/// counters and the identity of the training.
/// </summary>
static class Checkpoint
{
    const string Training = "training";

    /// <summary>The identity of a training; only an equal training can be continued.</summary>
    public static string Describe(TorchArchitecture architecture, TrainingOptions options, Dataset data)
    {
        string adversarial = options.AdversarialEpsilon > 0
            ? $", adversarial {options.AdversarialEpsilon.ToString(CultureInfo.InvariantCulture)}"
            : "";
        return string.Create(CultureInfo.InvariantCulture, $"{architecture.Name}, {options.Epochs} epochs, batch size {options.BatchSize}, "
            + $"{options.Optimiser}, learning rate {options.LearningRate}, weight decay {options.WeightDecay}, gain {options.Gain}, "
            + $"seed {options.Seed}, {options.Threads} threads, shift {options.Shift}, rotation {options.Rotation}, "
            + $"{(options.Flip ? "flip" : "no flip")}{adversarial}, {data.Name} {Fingerprint.Of(data)}");
    }

    public static void Save(string path, string training, TrainingRun run)
    {
        var tensors = new Dictionary<string, Tensor>(run.Weights());
        foreach ((string name, Tensor tensor) in run.Best)
            tensors.Add("best." + name, tensor);
        foreach ((string name, torch.Tensor tensor) in run.Optimiser.Tensors)
            tensors.Add(name, TorchTensors.FromTorch(tensor));

        Safetensors.Save(path, tensors, new Dictionary<string, string>
        {
            [Training] = training,
            ["epoch"] = Text(run.Epoch),
            ["step"] = Text(run.Optimiser.Steps),
            ["best epoch"] = Text(run.BestEpoch),
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
        run.BestCorrect = (int)Number(file, path, "best correct");
        run.Optimiser.Steps = Number(file, path, "step");
        var best = new Dictionary<string, Tensor>();
        foreach ((string name, torch.Tensor tensor) in run.State)
        {
            // Copies via the tensor to check the shape.
            TorchTensors.Copy(file.Tensors, "best." + name, tensor);
            best.Add(name, file.Tensors["best." + name]);
            TorchTensors.Copy(file.Tensors, name, tensor);
        }

        foreach ((string name, torch.Tensor tensor) in run.Optimiser.Tensors)
            TorchTensors.Copy(file.Tensors, name, tensor);

        run.Best = best;
    }

    static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    static long Number(Safetensors file, string path, string key) =>
        int.TryParse(file.Metadata.GetValueOrDefault(key), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new InputException($"'{path}' is a damaged checkpoint: its header has no number '{key}'; delete it");
}
