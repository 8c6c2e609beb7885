using System.Globalization;
using DefensiveApproximation.Networks;
using DefensiveApproximation.Networks.Data;
using DefensiveApproximation.Networks.Formats;
using TorchSharp.Modules;

namespace DefensiveApproximation.Training;

/// <summary>
/// The whole state of a training between two epochs, in a safetensors file: the weights, the best weights so far
/// (<c>best.</c>), Adam's two moments of each (<c>adam.mean.</c>, <c>adam.square.</c>), and in the header the counters
/// and what training they belong to.
/// </summary>
static class Checkpoint
{
    const string Training = "training";

    /// <summary>What has to be equal for a training to be continued.</summary>
    public static string Describe(TorchArchitecture architecture, TrainingOptions options, Dataset data)
    {
        return string.Create(CultureInfo.InvariantCulture, $"{architecture.Name}, {options.Epochs} epochs, batch size {options.BatchSize}, "
            + $"learning rate {options.LearningRate}, seed {options.Seed}, {options.Threads} threads, shift {options.Shift}, rotation {options.Rotation}, {data.Name} {Fingerprint.Of(data)}");
    }

    public static void Save(string path, string training, TrainingRun run)
    {
        var tensors = new Dictionary<string, Tensor>(run.Weights());
        foreach ((string name, Tensor tensor) in run.Best)
            tensors.Add("best." + name, tensor);
        foreach ((string name, Adam.State state) in States(run))
        {
            tensors.Add("adam.mean." + name, TorchTensors.FromTorch(state.exp_avg));
            tensors.Add("adam.square." + name, TorchTensors.FromTorch(state.exp_avg_sq));
        }

        Safetensors.Save(path, tensors, new Dictionary<string, string>
        {
            [Training] = training,
            ["epoch"] = Text(run.Epoch),
            ["step"] = Text(States(run).First().State.step),
            ["best epoch"] = Text(run.BestEpoch),
            ["best correct"] = Text(run.BestCorrect),
        });
    }

    /// <exception cref="InputException">The file is no checkpoint, or one of another training.</exception>
    public static void Load(string path, string training, TrainingRun run)
    {
        var file = Safetensors.Load(path);
        string theirs = file.Metadata.GetValueOrDefault(Training, "none that is known");
        if (theirs != training)
            throw new InputException($"'{path}' is the checkpoint of another training ({theirs}) than this one ({training}); give the same options, another path, or delete it");
        run.Epoch = (int)Number(file, path, "epoch");
        run.BestEpoch = (int)Number(file, path, "best epoch");
        run.BestCorrect = (int)Number(file, path, "best correct");
        long step = Number(file, path, "step");
        var best = new Dictionary<string, Tensor>();
        foreach (((string name, Adam.State state), (_, Parameter parameter)) in States(run).Zip(run.Parameters))
        {
            // Through the parameter, for the check of the shape.
            TorchTensors.Copy(file.Tensors, "best." + name, parameter);
            best.Add(name, file.Tensors["best." + name]);
            TorchTensors.Copy(file.Tensors, name, parameter);
            TorchTensors.Copy(file.Tensors, "adam.mean." + name, state.exp_avg);
            TorchTensors.Copy(file.Tensors, "adam.square." + name, state.exp_avg_sq);
            state.step = step;
        }

        run.Best = best;
    }

    static IEnumerable<(string Name, Adam.State State)> States(TrainingRun run) =>
        run.Parameters.Select(named => named.Name).Zip(run.Optimiser.state_dict().State.Cast<Adam.State>());

    static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    static long Number(Safetensors file, string path, string key) =>
        int.TryParse(file.Metadata.GetValueOrDefault(key), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new InputException($"'{path}' is a damaged checkpoint: its header has no number '{key}'; delete it");
}
