using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Tensors;

namespace Dapprox.Tests.Attacks;

/// <summary>
/// Two classes divided by a plane, 0.2 to 0.4 (L2) from a grey 4×5 image, whose nearest points of the other class are known.
/// </summary>
sealed class HalfSpace
{
    readonly double[] weights;
    readonly double bias;

    public HalfSpace(ulong stream)
    {
        var random = new CounterRandom(51, stream);
        Image = Tensor.Zeros(1, 1, 4, 5);
        foreach (ref float pixel in Image.Data.AsSpan())
            pixel = random.NextSingle(0.4f, 0.6f);
        weights = Enumerable.Range(0, 20).Select(_ => 2 * random.NextDouble() - 1).ToArray();
        double length = Math.Sqrt(weights.Sum(weight => weight * weight));
        bias = -(0.2 + 0.2 * random.NextDouble()) * length - Product(Image.Data);
        Victim = new RowVictim([1, 4, 5], 2, image => [0, (float)(Product(image) + bias)], (_, _) => throw new NotSupportedException());
    }

    public RowVictim Victim { get; }

    public Tensor Image { get; }

    public IReadOnlyList<double> Weights => weights;

    /// <summary>|f|/max |w|, if one pixel suffices; otherwise it is further.</summary>
    public double NearestL1 => -(Product(Image.Data) + bias) / weights.Max(Math.Abs);

    /// <summary>|f|/‖w‖₂.</summary>
    public double NearestL2 => -(Product(Image.Data) + bias) / Math.Sqrt(weights.Sum(weight => weight * weight));

    /// <summary>|f|/‖w‖₁.</summary>
    public double NearestLInf => -(Product(Image.Data) + bias) / weights.Sum(Math.Abs);

    double Product(float[] image) => image.Zip(weights, (pixel, weight) => pixel * weight).Sum();

    public AttackRecord Attack<TVictim>(IAttack<TVictim> attack, int? target = null)
        where TVictim : ILabelVictim =>
        AttackRunner.Run(attack, (TVictim)(object)Victim, Image, [0], seed: 1, target is int wanted ? [wanted] : null)[0];
}
