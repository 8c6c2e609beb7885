using Dapprox.Experiments.Runs;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Tensors;

namespace Dapprox.Experiments.Units;

/// <summary>The output of a network's last convolution for a test image, the mean over its filters. Columns: dataset, subject, image, row, column, value.</summary>
/// <param name="DatasetName">The data set.</param>
/// <param name="Variant">The network.</param>
/// <param name="Image">The place of the test image.</param>
public sealed record FeatureMapUnit(string DatasetName, ModelVariant Variant, int Image) : WorkUnit
{
    /// <inheritdoc/>
    public override string Kind => "featuremap";

    /// <inheritdoc/>
    public override string? Dataset => DatasetName;

    /// <inheritdoc/>
    public override double Seconds => 0.1;

    /// <inheritdoc/>
    public override string Title => $"last convolution of {Variant.Title}, {DatasetName}";

    /// <inheritdoc/>
    public override string Describe(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return $"{context.DescribeData(DatasetName)}; image {Image}; {Variant.Describe(context)}";
    }

    /// <inheritdoc/>
    public override Rows Run(RunContext context, Action<double> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        Dataset data = context.Data(DatasetName);
        Network network = context.Network(Variant, DatasetName);
        int last = network.Layers.ToList().FindLastIndex(layer => layer is Convolution2D);
        Tensor? map = null;
        // Whatever comes next is shown what the convolution gave.
        network.Observe(data.Images(Image, 1), (place, inputs) =>
        {
            if (place == last + 1)
                map = inputs[0].Clone();
        });
        int filters = map!.Shape[1], height = map.Shape[2], width = map.Shape[3];
        var values = new List<object?[]>();
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                double mean = Enumerable.Range(0, filters).Average(filter => (double)map.Data[(filter * height + y) * width + x]);
                values.Add([DatasetName, Variant.Title, Image, y, x, mean]);
            }
        }

        return new Rows([new("dataset", "VARCHAR"), new("subject", "VARCHAR"), new("image", "INTEGER"), new("row", "INTEGER"), new("column", "INTEGER"), new("value", "DOUBLE")], values);
    }
}
