using Dapprox.Foundation;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Statistics;

namespace Dapprox.Networks.Measurement;

/// <summary>The accuracy of a network on a data set.</summary>
/// <param name="Correct">The number of images classified correctly.</param>
/// <param name="Count">The number of images, at least 1.</param>
public sealed record Evaluation(int Correct, int Count)
{
    // Affects only memory: an image's logits do not depend on its batch.
    const int BatchSize = 500;

    /// <summary>The fraction classified correctly, 0 to 1.</summary>
    public double Accuracy => (double)Correct / Count;

    /// <summary>Whether the outputs looked like logits; null where they were not seen.</summary>
    public LogitSurvey? Logits { get; init; }

    /// <summary>The 95 % confidence interval of the accuracy over images of this kind.</summary>
    public (double Low, double High) Interval => Wilson.Interval(Correct, Count);

    /// <summary>Classifies all images, some hundreds at a time.</summary>
    /// <param name="data">The images, at least one.</param>
    /// <param name="logits">Receives the logits <c>[batch, classes]</c> of each batch, in the order of the data; null for none.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <exception cref="InputException">There are no images, or they do not fit the network.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public static Evaluation Of(Network network, Dataset data, Action<Tensor>? logits = null, CancellationToken cancellation = default)
    {
        ThrowIfUnfit(network, data);
        if (data.Count == 0)
            throw new InputException($"there are no images of {data.Name} to classify; skip fewer");
        int correct = 0;
        var survey = new LogitSurvey(network);
        for (int start = 0; start < data.Count; start += BatchSize)
        {
            cancellation.ThrowIfCancellationRequested();
            Tensor images = data.Images(start, Math.Min(BatchSize, data.Count - start)), batch = network.Forward(images);
            survey.Add(images, batch);
            for (int i = 0; i < batch.Batch; i++)
            {
                if (Scores.Label(batch.Row(i)) == data.Labels[start + i])
                    correct++;
            }

            logits?.Invoke(batch);
        }

        return new Evaluation(correct, data.Count) { Logits = survey };
    }

    /// <summary>The first images that all of some networks classify correctly.</summary>
    /// <param name="networks">The networks; without networks, every image qualifies.</param>
    /// <param name="data">The images.</param>
    /// <param name="first">The maximum number of images.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <returns>The indices of the images in the data, in order.</returns>
    /// <exception cref="InputException">The images do not fit a network.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public static int[] CorrectOn(
        IReadOnlyCollection<Network> networks, Dataset data, int first = int.MaxValue, CancellationToken cancellation = default)
    {
        foreach (Network network in networks)
            ThrowIfUnfit(network, data);
        var indices = new List<int>();
        for (int start = 0; start < data.Count && indices.Count < first; start += BatchSize)
        {
            int count = Math.Min(BatchSize, data.Count - start);
            IEnumerable<int> right = Enumerable.Range(start, count);
            foreach (Network network in networks)
            {
                cancellation.ThrowIfCancellationRequested();
                int[] labels = Scores.Labels(network.Forward(data.Images(start, count)));
                right = right.Where(index => labels[index - start] == data.Labels[index]).ToArray();
            }

            indices.AddRange(right.Take(first - indices.Count));
        }

        return [.. indices];
    }

    /// <summary>Checks that the network decides between classes, and that the images have its shape and number of classes.</summary>
    /// <param name="data">The images.</param>
    /// <exception cref="InputException">The network has one output, or the images do not fit.</exception>
    public static void ThrowIfUnfit(Network network, Dataset data)
    {
        ThrowIfOneOutput(network);
        ThrowIfUnfit(network.Name, network.InputShape, network.Classes, data);
    }

    /// <summary>Checks that the network decides between classes.</summary>
    /// <exception cref="InputException">The network has one output.</exception>
    internal static void ThrowIfOneOutput(Network network)
    {
        ArgumentNullException.ThrowIfNull(network);
        if (network.Classes < 2)
            throw new InputException($"{network.Name} gives one number for each image and no sigmoid of it, so nothing says from where on "
                + "it means class 1; export it with a final sigmoid (class 1 above 0.5), or with one output for each class");
    }

    /// <summary>Checks that the images have a shape and a number of classes.</summary>
    /// <param name="name">The owner of the shape, for the message.</param>
    /// <param name="inputShape"><c>[channels, height, width]</c>.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="data">The images.</param>
    /// <exception cref="InputException">The images do not fit.</exception>
    internal static void ThrowIfUnfit(string name, ReadOnlySpan<int> inputShape, int classes, Dataset data)
    {
        if (!inputShape.SequenceEqual([data.Channels, data.Height, data.Width]) || classes != data.Classes.Count)
        {
            throw new InputException($"{data.Name} has {data.Channels}×{data.Height}×{data.Width} images of {data.Classes.Count} "
                + $"classes, and {name} takes "
                + $"{string.Join('×', inputShape.ToArray())} images of {classes}; choose a data set or a model that fits");
        }
    }
}
