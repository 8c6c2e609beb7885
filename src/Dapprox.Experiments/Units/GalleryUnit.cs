using System.Runtime.InteropServices;
using Dapprox.Experiments.Runs;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Tensors;

namespace Dapprox.Experiments.Units;

/// <summary>
/// Adversarial examples to look at: the first success on each of a few classes. Columns: attack, image, label, clean and adversarial
/// pixels (binary32, little-endian), L2, and for each network its class and its confidence, the softmax of that class, on the adversarial image.
/// </summary>
/// <param name="Attack">The attack.</param>
/// <param name="Caption">Its name for a reader.</param>
/// <param name="DatasetName">The data set; its images are shown, so their licence has to allow it.</param>
/// <param name="Source">The network that is attacked; the first that is asked what it sees.</param>
/// <param name="Other">The other that is asked.</param>
/// <param name="Examples">How many to show.</param>
public sealed record GalleryUnit(IAttack<IGradientVictim> Attack, string Caption, string DatasetName, ModelVariant Source, ModelVariant Other, int Examples) : WorkUnit
{
    /// <inheritdoc/>
    public override string Kind => "gallery";

    /// <inheritdoc/>
    public override string? Dataset => DatasetName;

    /// <inheritdoc/>
    public override double Seconds => Examples * 0.4;

    /// <inheritdoc/>
    public override string Title => $"examples of {Caption} on {Source.Title}, {DatasetName}";

    /// <inheritdoc/>
    public override string Describe(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return $"{Attack}; {Caption}; {context.DescribeData(DatasetName)}; on {Source.Describe(context)}; {Other.Describe(context)}; {Examples}; seed {context.Seed}";
    }

    /// <inheritdoc/>
    public override Rows Run(RunContext context, Action<double> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        Dataset data = context.Data(DatasetName);
        Network source = context.Network(Source, DatasetName), other = context.Network(Other, DatasetName);
        int[] places = [.. Evaluation.CorrectOn([source, other], data, data.Count, cancellation).DistinctBy(place => data.Labels[place]).Take(Examples)];
        AttackRecord[] records = AttackRunner.Run(
            Attack, new NetworkVictim(source), data.Images(places), [.. places.Select(place => data.Labels[place])], context.Seed, positions: places, cancellation: cancellation);
        var values = new List<object?[]>();
        foreach (AttackRecord record in records.Where(record => record.Success))
        {
            Tensor clean = data.Images(record.Image, 1), adversarial = new(record.Adversarial, clean.Shape);
            (int ofSource, double sureSource) = Answer(source, adversarial);
            (int ofOther, double sureOther) = Answer(other, adversarial);
            values.Add([Caption, record.Image, record.Label, Bytes(clean.Data), Bytes(record.Adversarial), record.Distances.L2, ofSource, sureSource, ofOther, sureOther]);
        }

        return new Rows(
            [new("attack", "VARCHAR"), new("image", "INTEGER"), new("label", "INTEGER"), new("clean", "BLOB"), new("adversarial", "BLOB"), new("l2", "DOUBLE"),
             new("source_class", "INTEGER"), new("source_confidence", "DOUBLE"), new("other_class", "INTEGER"), new("other_confidence", "DOUBLE")],
            values);
    }

    static (int Class, double Confidence) Answer(Network network, Tensor image)
    {
        Tensor logits = network.Forward(image);
        int label = Scores.Labels(logits)[0];
        double most = logits.Data.Max();
        return (label, 1 / logits.Data.Sum(logit => Math.Exp(logit - most)));
    }

    static byte[] Bytes(float[] numbers) => MemoryMarshal.AsBytes(numbers.AsSpan()).ToArray();
}
