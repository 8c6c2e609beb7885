using Dapprox.Experiments.Runs;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Tensors;

namespace Dapprox.Experiments.Units;

/// <summary>What a network says of test images. Columns: dataset, subject, image, label, prediction, and with <paramref name="PerClass"/> the logits, <c>logit_0</c> and so on.</summary>
/// <param name="DatasetName">The data set.</param>
/// <param name="Variant">The network.</param>
/// <param name="PerClass">How many test images of each class, the first; 0 for all test images, whose logits would be too many to keep.</param>
public sealed record PredictionsUnit(string DatasetName, ModelVariant Variant, int PerClass = 0) : WorkUnit
{
    const int BatchSize = 250;

    /// <inheritdoc/>
    public override string Kind => "predictions";

    /// <inheritdoc/>
    public override string? Dataset => DatasetName;

    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Needs => Variant.Needs;

    /// <inheritdoc/>
    public override double Seconds => 0.2 + (DatasetName == "digits" || PerClass > 0 ? 900 : 10_000) * Variant.Assignment.SecondsAnImage * Effort(DatasetName);

    /// <inheritdoc/>
    public override string Title => $"predictions of {Variant.Model}, {Variant.Title}, {DatasetName}{(PerClass == 0 ? "" : $", {PerClass} of each class")}";

    /// <inheritdoc/>
    public override string Describe(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return $"{context.DescribeData(DatasetName)}; {(PerClass == 0 ? "all, classes" : $"{PerClass} per class, logits")}; {Variant.Describe(context)}; seed {context.Seed}";
    }

    /// <inheritdoc/>
    public override Rows Run(RunContext context, Action<double> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(progress);
        Dataset data = context.Data(DatasetName);
        Network network = context.Network(Variant, DatasetName);
        int[] places = [.. Enumerable.Range(0, data.Count)
            .GroupBy(place => data.Labels[place])
            .SelectMany(places => PerClass == 0 ? places : places.Take(PerClass))
            .Order()];
        var values = new List<object?[]>();
        foreach (int[] batch in places.Chunk(BatchSize))
        {
            cancellation.ThrowIfCancellationRequested();
            Tensor logits = network.Forward(data.Images(batch));
            int[] labels = Scores.Labels(logits);
            for (int i = 0; i < batch.Length; i++)
                values.Add([DatasetName, Variant.Title, data.Offset + batch[i], data.Labels[batch[i]], labels[i], .. PerClass == 0 ? [] : Array.ConvertAll(logits.Row(i).ToArray(), logit => (object?)(double)logit)]);
            progress((double)batch.Length / places.Length);
        }

        return new Rows(
            [new("dataset", "VARCHAR"), new("subject", "VARCHAR"), new("image", "INTEGER"), new("label", "INTEGER"), new("prediction", "INTEGER"),
             .. PerClass == 0 ? [] : Enumerable.Range(0, network.Classes).Select(i => new Column($"logit_{i}", "DOUBLE"))],
            values);
    }
}
