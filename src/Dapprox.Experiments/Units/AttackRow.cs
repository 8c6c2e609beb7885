using Dapprox.Experiments.Runs;

namespace Dapprox.Experiments.Units;

/// <summary>A network on which adversarial images are tried.</summary>
/// <param name="Network">The network that classifies the images.</param>
/// <param name="Factor">The factor by which the perturbation is scaled; 1 for the adversarial image as the attack returned it.</param>
public readonly record struct Trial(ModelVariant Network, double Factor = 1)
{
    /// <summary>The name of its column: <c>fools_NAME</c>, or <c>fools_NAME_at_FACTOR</c>.</summary>
    internal string Column => AttackRecordsFile.Fools(Network.Title) + (Factor == 1 ? "" : $"_at_{Factor}");
}

/// <summary>An attacked image.</summary>
/// <param name="Dataset">The name of the data set.</param>
/// <param name="Source">The title of the network that was attacked.</param>
/// <param name="Record">The outcome of the attack.</param>
/// <param name="Fooled">
/// For each trial, whether the image fools the network; null where the attack had no success, or the network misclassifies the clean image.
/// </param>
/// <param name="Wrong">
/// For each network of an attacked mean, of several networks or over noise, whether it misclassifies the last image by itself, whether or
/// not the mean was fooled; of other attacks empty.
/// </param>
public sealed record AttackRow(
    string Dataset, string Source, AttackRecordRow Record,
    IReadOnlyDictionary<Trial, bool?> Fooled, IReadOnlyDictionary<ModelVariant, bool> Wrong);
