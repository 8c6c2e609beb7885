using DefensiveApproximation.Networks;
using DefensiveApproximation.Networks.Attacks;
using DefensiveApproximation.Networks.Data;

namespace DefensiveApproximation.Cli.Commands;

/// <summary>Images from which an attack that sees classes can begin where it aims at one; noise is hardly ever of that class.</summary>
static class StartImages
{
    const int Searched = 1000;

    /// <summary>For each class the first image that the network takes for it, as it should.</summary>
    /// <param name="network">The network that is attacked.</param>
    /// <param name="data">The images.</param>
    public static IReadOnlyList<float[]> Of(Network network, Dataset data)
    {
        Dataset searched = data.First(Searched);
        Tensor images = searched.Images(0, searched.Count);
        int[] predictions = Scores.Labels(network.Forward(images));
        return [.. Enumerable.Range(0, searched.Count)
            .Where(i => predictions[i] == searched.Labels[i])
            .DistinctBy(i => searched.Labels[i])
            .Select(i => images.Row(i).ToArray())];
    }
}
