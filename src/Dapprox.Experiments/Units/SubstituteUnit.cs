using Dapprox.Experiments.Runs;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using Dapprox.Training;

namespace Dapprox.Experiments.Units;

/// <summary>
/// A substitute for a victim that answers with classes only (Papernot, McDaniel, Goodfellow, Jha, Celik, Swami, "Practical Black-Box
/// Attacks against Machine Learning", AsiaCCS 2017): trained on the victim's answers for a few images, which then are doubled, round
/// by round, by steps of λ along the sign of the substitute's own gradient of the class it was given.
/// </summary>
/// <param name="Name">What it is, for a reader.</param>
/// <param name="DatasetName">The data set.</param>
/// <param name="Architecture">The substitute's architecture, by name.</param>
/// <param name="Victim">Who is asked.</param>
/// <param name="FirstImages">How many images the attacker has: the last of the test images, none of which is attacked.</param>
/// <param name="Rounds">How often they are doubled.</param>
/// <param name="Options">How the substitute is trained in each round.</param>
public sealed record SubstituteUnit(string Name, string DatasetName, string Architecture, ModelVariant Victim, int FirstImages, int Rounds, TrainingOptions Options)
    : TrainingUnit(Name, DatasetName, Architecture)
{
    // λ of the paper, in steps of a pixel's 255.
    const int Step = 26;

    /// <inheritdoc/>
    public override double Seconds => FirstImages * (2 << Rounds) * Options.Epochs * (Architecture == LeNet5.Architecture.Name ? 8e-4 : 8e-3);

    /// <inheritdoc/>
    public override string Title => $"{Architecture} as a substitute for {Victim.Title}, {DatasetName}";

    /// <inheritdoc/>
    public override string Describe(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return $"substitute {Architecture}; {context.DescribeData(DatasetName)}; victim {Victim.Describe(context)}; {FirstImages} images, {Rounds} rounds, λ = {Step}/255; {Options}; seed {context.Seed}";
    }

    /// <inheritdoc/>
    public override Rows Run(RunContext context, Action<double> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(progress);
        Dataset all = context.Data(DatasetName), own = all.Skip(all.Count - FirstImages);
        Network victim = context.Network(Victim, DatasetName);
        byte[] pixels = own.Pixels.ToArray();
        for (int round = 0; ; round++)
        {
            Dataset known = Answered(own, pixels, victim);
            IReadOnlyDictionary<string, Tensor> weights = Trainer.Train(TorchArchitecture.Find(Architecture), known, Options, cancellation: cancellation).Weights;
            progress(Math.Pow(2, round - Rounds - 1));
            if (round == Rounds)
                return ToRows(weights);
            Network substitute = Networks.Models.Architecture.Recognise(Name, weights, Architecture).Build(Name, weights);
            pixels = [.. pixels, .. Moved(known, substitute)];
        }
    }

    /// <summary>The images with the victim's answers for labels; all that is asked of it.</summary>
    static Dataset Answered(Dataset like, byte[] pixels, Network victim)
    {
        int count = pixels.Length / (like.Channels * like.Height * like.Width);
        var unlabelled = new Dataset(like.Name, Split.Train, like.Channels, like.Height, like.Width, like.Classes, pixels, new int[count], canonical: false, like.Provenance);
        int[] labels = Scores.Labels(victim.Forward(unlabelled.Images(0, count)));
        // A network that breaks down answers nothing; the attacker has to take some class.
        return new Dataset(like.Name, Split.Train, like.Channels, like.Height, like.Width, like.Classes, pixels, Array.ConvertAll(labels, label => Math.Max(label, 0)), canonical: false, like.Provenance);
    }

    static byte[] Moved(Dataset known, Network substitute)
    {
        (_, Tensor gradient) = substitute.InputGradient(known.Images(0, known.Count), (image, _, slope) =>
        {
            slope.Clear();
            slope[known.Labels[image]] = 1;
        });
        byte[] moved = known.Pixels.ToArray();
        for (int i = 0; i < moved.Length; i++)
            moved[i] = (byte)Math.Clamp(moved[i] + Step * (float.IsFinite(gradient.Data[i]) ? MathF.Sign(gradient.Data[i]) : 0), 0, 255);
        return moved;
    }
}
