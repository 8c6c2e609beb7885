using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;

namespace Dapprox.Networks.Attacks.Victims;

/// <summary>
/// The mean of the logits of several networks. For a network that is chosen at random for each image this is the expectation over
/// the choice (expectation over transformation: Athalye, Carlini, Wagner, "Obfuscated Gradients Give a False Sense of Security",
/// ICML 2018, section 4.2), exact and without sampling.
/// </summary>
public sealed class EnsembleVictim : IGradientVictim
{
    readonly IReadOnlyList<IGradientVictim> members;

    /// <summary>Creates the victim.</summary>
    /// <param name="members">At least one network victim; all with the same image shape and classes.</param>
    /// <exception cref="ArgumentException">There is no member, or their shapes or classes differ.</exception>
    public EnsembleVictim(IReadOnlyList<IGradientVictim> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        if (members.Count == 0)
            throw new ArgumentException("There is no victim.", nameof(members));
        foreach (IGradientVictim member in members)
        {
            if (member.Classes != members[0].Classes || !member.InputShape.SequenceEqual(members[0].InputShape))
                throw new ArgumentException("The victims take different images, or have different classes.", nameof(members));
        }

        this.members = members;
    }

    /// <inheritdoc/>
    public ReadOnlySpan<int> InputShape => members[0].InputShape;

    /// <inheritdoc/>
    public int Classes => members[0].Classes;

    /// <inheritdoc/>
    public long QueryCost => members.Sum(member => member.QueryCost);

    /// <inheritdoc/>
    public long GradientCost => members.Sum(member => member.GradientCost);

    /// <inheritdoc/>
    public long BackwardCost => members.Sum(member => member.BackwardCost);

    /// <inheritdoc/>
    public int[] Labels(Tensor images) => Scores.Labels(Logits(images));

    /// <inheritdoc/>
    public Tensor Logits(Tensor images) => Mean([.. members.Select(member => member.Logits(images))]);

    /// <inheritdoc/>
    /// <remarks>With m members, mean logits z̄ and the loss's gradient g(z̄): the mean of the members' gradients for g(z̄).</remarks>
    public (Tensor Logits, Tensor Gradient) InputGradient(Tensor images, LogitGradient loss)
    {
        Tensor logits = Logits(images);
        return (logits, Mean([.. members.Select(member => member.InputGradient(images, AtTheMean).Gradient)]));

        void AtTheMean(int image, ReadOnlySpan<float> own, Span<float> gradient) => loss(image, logits.Row(image), gradient);
    }

    static Tensor Mean(Tensor[] tensors)
    {
        Tensor mean = Tensor.Zeros(tensors[0].Shape);
        for (int i = 0; i < mean.Data.Length; i++)
            mean.Data[i] = (float)(tensors.Sum(tensor => (double)tensor.Data[i]) / tensors.Length);
        return mean;
    }
}
