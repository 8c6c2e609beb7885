using System.ComponentModel.DataAnnotations.Schema;
using Dapprox.Experiments.Runs;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Tensors;

namespace Dapprox.Experiments.Units;

/// <summary>The prediction of a network for a test image.</summary>
/// <param name="Dataset">The name of the data set.</param>
/// <param name="Variant">The title of the network.</param>
/// <param name="Image">The position of the image in its data set.</param>
/// <param name="Label">The true class.</param>
/// <param name="Prediction">The predicted class; −1 for none.</param>
/// <param name="Logits">The logits by class; empty where they are not kept.</param>
public sealed record PredictionRow(
    string Dataset, [property: Column("subject")] string Variant, int Image, int Label, int Prediction,
    IReadOnlyDictionary<int, double> Logits);

/// <summary>The predictions of a network for test images.</summary>
/// <param name="DatasetName">The name of the data set.</param>
/// <param name="Variant">The network that is evaluated.</param>
/// <param name="PerClass">
/// The number of test images of each class, the first, whose logits are kept; 0 for all test images, of which only the classes are kept.
/// </param>
public sealed record PredictionsUnit(string DatasetName, ModelVariant Variant, int PerClass = 0) : WorkUnit<PredictionRow>
{
    const int BatchSize = 250;

    /// <inheritdoc/>
    public override string Kind => "predictions";

    /// <inheritdoc/>
    public override string? Dataset => DatasetName;

    /// <inheritdoc/>
    public override double Seconds => 0.2 + Count * Variant.SecondsAnImage * Effort(DatasetName);

    /// <inheritdoc/>
    public override string Title =>
        $"predictions of {Variant.Model}, {Variant.Title}, {DatasetName}{(PerClass == 0 ? "" : $", {PerClass} of each class")}";

    private protected override IReadOnlyList<ModelVariant> Variants => [Variant];

    // A user's own pictures, of which there may be any number, have no definition; they are few.
    int Count => Datasets.All.FirstOrDefault(definition => definition.Name == DatasetName) is not DatasetDefinition definition ? 1000
        : PerClass == 0 ? definition.TestCount : PerClass * definition.Classes.Count;

    private protected override IReadOnlyList<ColumnFamily> Families(RunContext context)
    {
        int classes = PerClass == 0 ? 0 : context.Data(DatasetName).Classes.Count;
        return [new ColumnFamily<int, double>(nameof(PredictionRow.Logits), [.. Enumerable.Range(0, classes)], i => $"logit_{i}")];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<PredictionRow> Compute(RunContext context, Action<double> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(progress);
        Dataset data = context.Data(DatasetName);
        Network network = context.Network(Variant, DatasetName);
        int[] indices = [.. Enumerable.Range(0, data.Count)
            .GroupBy(index => data.Labels[index])
            .SelectMany(ofClass => PerClass == 0 ? ofClass : ofClass.Take(PerClass))
            .Order()];
        var rows = new List<PredictionRow>();
        foreach (int[] batch in indices.Chunk(BatchSize))
        {
            cancellation.ThrowIfCancellationRequested();
            Tensor logits = network.Forward(data.Images(batch));
            int[] predictions = Scores.Labels(logits);
            for (int i = 0; i < batch.Length; i++)
            {
                float[] kept = PerClass == 0 ? [] : logits.Row(i).ToArray();
                rows.Add(new PredictionRow(
                    DatasetName, Variant.Title, data.Offset + batch[i], data.Labels[batch[i]], predictions[i],
                    kept.Index().ToDictionary(logit => logit.Index, logit => (double)logit.Item)));
            }

            progress((double)batch.Length / indices.Length);
        }

        return rows;
    }
}
