using System.Globalization;
using Dapprox.Foundation;
using Dapprox.Networks.Formats;
using Dapprox.Networks.Tensors;

namespace Dapprox.Training;

/// <summary>A trained network: the weights of the epoch that did best on the held-out images.</summary>
/// <param name="Architecture">What was trained.</param>
/// <param name="Dataset">The name of the data set it was trained on.</param>
/// <param name="Options">How.</param>
/// <param name="Weights">The tensors by name, for example <c>conv1.weight</c>.</param>
/// <param name="BestEpoch">The epoch they are from, counted from 1.</param>
/// <param name="ValidationAccuracy">Its share of held-out images classified correctly, 0 to 1.</param>
public sealed record TrainingResult(
    TorchArchitecture Architecture,
    string Dataset,
    TrainingOptions Options,
    IReadOnlyDictionary<string, Tensor> Weights,
    int BestEpoch,
    double ValidationAccuracy)
{
    /// <summary>
    /// Writes the weights as safetensors; the header says which architecture, data set, seed and number of epochs made them.
    /// </summary>
    /// <param name="path">Where the file goes; it is replaced in one step.</param>
    /// <exception cref="InputException">The file cannot be written.</exception>
    public void Save(string path) => Safetensors.Save(path, Weights, new Dictionary<string, string>
    {
        ["architecture"] = Architecture.Name,
        ["dataset"] = Dataset,
        ["seed"] = Options.Seed.ToString(CultureInfo.InvariantCulture),
        ["epochs"] = Options.Epochs.ToString(CultureInfo.InvariantCulture),
    });
}
