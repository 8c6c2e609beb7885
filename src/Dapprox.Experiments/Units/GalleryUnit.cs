using Dapprox.Experiments.Runs;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Tensors;

namespace Dapprox.Experiments.Units;

/// <summary>An adversarial example of a gallery.</summary>
/// <param name="Attack">The name of the attack for a reader.</param>
/// <param name="Image">The position of the image in its data set.</param>
/// <param name="Label">The true class.</param>
/// <param name="Clean">The clean image, <c>[channels, height, width]</c>, pixels in [0, 1].</param>
/// <param name="Adversarial">The adversarial image, of the same shape.</param>
/// <param name="L2">The L2 distance of the two.</param>
/// <param name="SourceClass">The class of the adversarial image on the attacked network; −1 for none.</param>
/// <param name="SourceConfidence">The softmax of that class.</param>
/// <param name="OtherClass">The class of the adversarial image on the other network; −1 for none.</param>
/// <param name="OtherConfidence">The softmax of that class.</param>
public sealed record GalleryRow(
    string Attack, int Image, int Label, float[] Clean, float[] Adversarial, double L2,
    int SourceClass, double SourceConfidence, int OtherClass, double OtherConfidence);

/// <summary>Adversarial examples to look at, one for each of a few classes, and how two networks classify them.</summary>
/// <param name="Attack">The attack, with its settings.</param>
/// <param name="Caption">The name of the attack for a reader.</param>
/// <param name="DatasetName">The name of the data set. Its images are shown, so its licence has to allow that.</param>
/// <param name="Source">The network that is attacked.</param>
/// <param name="Other">The network on which the examples are tried.</param>
/// <param name="Examples">The largest number of examples.</param>
public sealed record GalleryUnit(
    IAttack<IGradientVictim> Attack, string Caption, string DatasetName, ModelVariant Source, ModelVariant Other, int Examples)
    : WorkUnit<GalleryRow>
{
    /// <inheritdoc/>
    public override string Kind => "gallery";

    /// <inheritdoc/>
    public override string? Dataset => DatasetName;

    /// <inheritdoc/>
    public override double Seconds => Examples * 0.4;

    /// <inheritdoc/>
    public override string Title => $"examples of {Caption} on {Source.Title}, {DatasetName}";

    private protected override IReadOnlyList<ModelVariant> Variants => [Source, Other];

    /// <inheritdoc/>
    public override IReadOnlyList<GalleryRow> Compute(RunContext context, Action<double> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        Dataset data = context.Data(DatasetName);
        Network source = context.Network(Source, DatasetName), other = context.Network(Other, DatasetName);
        int[] indices = [.. Evaluation.CorrectOn([source, other], data, data.Count, cancellation)
            .DistinctBy(index => data.Labels[index])
            .Take(Examples)];
        AttackRecord[] records = AttackRunner.Run(
            Attack, new NetworkVictim(source), data.Images(indices), Array.ConvertAll(indices, index => data.Labels[index]), context.Seed,
            positions: indices, cancellation: cancellation);
        var rows = new List<GalleryRow>();
        foreach (AttackRecord record in records.Where(record => record.Success))
        {
            Tensor clean = data.Images(record.Image, 1), adversarial = new(record.Adversarial, clean.Shape);
            (int sourceClass, double sourceConfidence) = Answer(source, adversarial);
            (int otherClass, double otherConfidence) = Answer(other, adversarial);
            rows.Add(new GalleryRow(
                Caption, record.Image, record.Label, clean.Data, record.Adversarial, record.Distances.L2,
                sourceClass, sourceConfidence, otherClass, otherConfidence));
        }

        return rows;
    }

    static (int Class, double Confidence) Answer(Network network, Tensor image)
    {
        float[] logits = network.Forward(image).Data;
        double[] probabilities = Array.ConvertAll(logits, logit => (double)logit);
        Scores.Softmax<double>(probabilities, probabilities);
        return (Scores.Label(logits), probabilities.Max());
    }
}
