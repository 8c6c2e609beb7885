using System.Globalization;
using Dapprox.Foundation;
using Dapprox.Networks.Formats;
using Dapprox.Networks.Tensors;

namespace Dapprox.Training;

/// <summary>A trained network: the weights of the epoch with the best accuracy on the held-out images.</summary>
/// <param name="Architecture">The trained architecture.</param>
/// <param name="Dataset">The name of the training data set.</param>
/// <param name="Options">The options of the training.</param>
/// <param name="Weights">The tensors by name, for example <c>conv1.weight</c>.</param>
/// <param name="BestEpoch">The epoch of the weights, from 1.</param>
/// <param name="ValidationAccuracy">The fraction of the held-out images classified correctly in that epoch, 0 to 1.</param>
public sealed record TrainingResult(
    TorchArchitecture Architecture,
    string Dataset,
    TrainingOptions Options,
    IReadOnlyDictionary<string, Tensor> Weights,
    int BestEpoch,
    double ValidationAccuracy)
{
    /// <summary>
    /// Writes the weights as safetensors; the header has the architecture, data set, seed and number of epochs.
    /// </summary>
    /// <param name="path">The file to write, replaced atomically.</param>
    /// <exception cref="InputException">The file cannot be written.</exception>
    public void Save(string path) => Safetensors.Save(path, Weights, new Dictionary<string, string>
    {
        ["architecture"] = Architecture.Name,
        ["dataset"] = Dataset,
        ["seed"] = Options.Seed.ToString(CultureInfo.InvariantCulture),
        ["epochs"] = Options.Epochs.ToString(CultureInfo.InvariantCulture),
    });
}
