using DefensiveApproximation.Networks;
using DefensiveApproximation.Networks.Attacks;
using DefensiveApproximation.Networks.Data;

namespace DefensiveApproximation.Cli.Commands;

/// <summary>Images from which an attack on labels can begin when it aims at a class.</summary>
static class StartImages
{
    const int Most = 5;

    /// <summary>The first images of the data that the network takes for the class.</summary>
    public static IReadOnlyList<float[]> Of(Network network, Dataset data, int label, CancellationToken cancellation)
    {
        int[] places = Enumerable.Range(0, data.Count).Where(i => data.Labels[i] == label).Take(Most).ToArray();
        cancellation.ThrowIfCancellationRequested();
        Tensor images = data.Images(places);
        int[] predictions = Scores.Labels(network.Forward(images));
        return [.. Enumerable.Range(0, places.Length).Where(i => predictions[i] == label).Select(i => images.Row(i).ToArray())];
    }
}
