using System.ComponentModel.DataAnnotations.Schema;
using Dapprox.Experiments.Runs;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Tensors;

namespace Dapprox.Experiments.Units;

/// <summary>A pixel of a feature map.</summary>
/// <param name="Dataset">The name of the data set.</param>
/// <param name="Variant">The title of the network.</param>
/// <param name="Image">The index of the test image.</param>
/// <param name="Row">The row of the pixel, from 0 at the top.</param>
/// <param name="Column">The column of the pixel, from 0 at the left.</param>
/// <param name="Value">The mean response of the filters.</param>
public sealed record FeatureMapRow(
    string Dataset, [property: Column("subject")] string Variant, int Image, int Row, int Column, double Value);

/// <summary>The output of a network's last convolution for a test image, the mean over its filters.</summary>
/// <param name="DatasetName">The name of the data set.</param>
/// <param name="Variant">The network that is evaluated.</param>
/// <param name="Image">The index of the test image.</param>
public sealed record FeatureMapUnit(string DatasetName, ModelVariant Variant, int Image) : WorkUnit<FeatureMapRow>
{
    /// <inheritdoc/>
    public override string Kind => "featuremap";

    /// <inheritdoc/>
    public override string? Dataset => DatasetName;

    /// <inheritdoc/>
    public override double Seconds => 0.1;

    /// <inheritdoc/>
    public override string Title => $"last convolution of {Variant.Title}, {DatasetName}";

    private protected override IReadOnlyList<ModelVariant> Variants => [Variant];

    /// <inheritdoc/>
    public override IReadOnlyList<FeatureMapRow> Compute(RunContext context, Action<double> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        Dataset data = context.Data(DatasetName);
        Network network = context.Network(Variant, DatasetName);
        int last = network.Layers.ToList().FindLastIndex(layer => layer is Convolution2D);
        Tensor? map = null;
        // The input of the next layer is the output of the convolution.
        network.Observe(data.Images(Image, 1), (index, inputs) =>
        {
            if (index == last + 1)
                map = inputs[0].Clone();
        });
        int filters = map!.Shape[1], height = map.Shape[2], width = map.Shape[3];
        var rows = new List<FeatureMapRow>();
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                double mean = Enumerable.Range(0, filters).Average(filter => (double)map.Data[(filter * height + y) * width + x]);
                rows.Add(new FeatureMapRow(DatasetName, Variant.Title, Image, y, x, mean));
            }
        }

        return rows;
    }
}
