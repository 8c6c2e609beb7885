using Dapprox.Experiments.Runs;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using Dapprox.Networks.Training;

namespace Dapprox.Experiments.Units;

/// <summary>
/// A substitute for a victim that gives classes only (Papernot, McDaniel, Goodfellow, Jha, Celik, Swami, "Practical Black-Box Attacks
/// against Machine Learning", AsiaCCS 2017). It is trained on the victim's classes for a few images. These images are doubled round by
/// round, by steps of λ along the sign of the substitute's own gradient of the class that the victim gave.
/// </summary>
/// <param name="Name">The name of the substitute for a reader.</param>
/// <param name="DatasetName">The name of the data set.</param>
/// <param name="Architecture">The name of the substitute's architecture.</param>
/// <param name="Victim">The network that is queried.</param>
/// <param name="FirstImages">The number of images that the attacker has: the last test images, none of which is attacked.</param>
/// <param name="Rounds">The number of times that the images are doubled.</param>
/// <param name="Options">The settings of the training in each round.</param>
public sealed record SubstituteUnit(
    string Name, string DatasetName, string Architecture, ModelVariant Victim, int FirstImages, int Rounds, TrainingOptions Options)
    : TrainingUnit(Name, DatasetName, Architecture)
{
    // λ of the paper, in steps of 1/255.
    const int Step = 26;

    /// <inheritdoc/>
    public override double Seconds =>
        FirstImages * (2 << Rounds) * Options.Epochs * (Architecture == LeNet5.Architecture.Name ? 8e-4 : 8e-3);

    /// <inheritdoc/>
    public override string Title => $"{Architecture} as a substitute for {Victim.Title}, {DatasetName}";

    private protected override IReadOnlyList<ModelVariant> Variants => [Victim];

    /// <inheritdoc/>
    public override IReadOnlyList<WeightsRow> Compute(RunContext context, Action<double> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(progress);
        Dataset all = context.Data(DatasetName), own = all.Skip(all.Count - FirstImages);
        Network victim = context.Network(Victim, DatasetName);
        byte[] pixels = own.Pixels.ToArray();
        for (int round = 0; ; round++)
        {
            Dataset known = Answered(own, pixels, victim);
            Network substitute = Trainer.Train(
                Recipe.Find(Architecture).Initial(known, Options), known, Options, cancellation: cancellation).Network;
            progress(Math.Pow(2, round - Rounds - 1));
            if (round == Rounds)
                return ToRows(substitute);
            pixels = [.. pixels, .. Stepped(known, substitute)];
        }
    }

    /// <summary>The images with the victim's classes as labels, which is all that the victim gives.</summary>
    static Dataset Answered(Dataset like, byte[] pixels, Network victim)
    {
        int count = pixels.Length / (like.Channels * like.Height * like.Width);
        int[] labels = Scores.Labels(victim.Forward(With(new int[count]).Images(0, count)));
        // A network whose logits are not numbers gives no class; the attacker has to assume one.
        return With(Array.ConvertAll(labels, label => Math.Max(label, 0)));

        Dataset With(int[] labels) => new(
            like.Name, Split.Train, like.Channels, like.Height, like.Width, like.Classes, pixels, labels, canonical: false,
            like.Provenance);
    }

    static byte[] Stepped(Dataset known, Network substitute)
    {
        (_, Tensor gradient) = substitute.InputGradient(known.Images(0, known.Count), (image, _, slope) =>
        {
            slope.Clear();
            slope[known.Labels[image]] = 1;
        });
        byte[] stepped = known.Pixels.ToArray();
        for (int i = 0; i < stepped.Length; i++)
        {
            int sign = float.IsFinite(gradient.Data[i]) ? MathF.Sign(gradient.Data[i]) : 0;
            stepped[i] = (byte)Math.Clamp(stepped[i] + Step * sign, 0, 255);
        }

        return stepped;
    }
}
