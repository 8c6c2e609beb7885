using Dapprox.Experiments.Results;
using Dapprox.Networks.Attacks.Geometry;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>The threat model of an audit: how far an attack may move an image.</summary>
/// <param name="Norm">The norm of the perturbation: L∞, L2 or L1.</param>
/// <param name="Epsilons">The budgets, pixels from 0 to 1; the first decides, the others are for the curve.</param>
public sealed record Threat(Norm Norm, params IReadOnlyList<double> Epsilons)
{
    /// <summary>The usual budgets: those of MNIST for grey images, those of CIFAR-10 for colour images.</summary>
    /// <param name="norm">The norm: L∞, L2 or L1.</param>
    /// <param name="channels">The number of channels of an image.</param>
    public static Threat Usual(Norm norm, int channels) => (norm, channels) switch
    {
        (Norm.L2, 1) => new(norm, 1.5, 0.5, 1, 2, 3),
        (Norm.L2, _) => new(norm, 0.5, 0.125, 0.25, 1),
        (Norm.L1, 1) => new(norm, 4, 2, 6, 8, 10),
        (Norm.L1, _) => new(norm, 12, 1.5, 3, 6),
        (_, 1) => new(norm, 0.1, 0.05, 0.15, 0.2, 0.3),
        _ => new(norm, 8 / 255.0, 1 / 255.0, 2 / 255.0, 4 / 255.0),
    };

    /// <summary>The budget that decides.</summary>
    public double Epsilon => Epsilons[0];

    /// <summary>The budgets in rising order.</summary>
    public IReadOnlyList<double> Curve => [.. Epsilons.Order()];

    /// <summary>A budget; a small multiple of 1/255 as such: <c>8/255</c>.</summary>
    /// <param name="epsilon">The budget.</param>
    public string Text(double epsilon)
    {
        double steps = 255 * epsilon;
        return Norm == Norm.LInf && Math.Abs(steps - Math.Round(steps)) < 1e-6 && steps < 32
            ? $"{Math.Round(steps)}/255"
            : NumberText.Of(epsilon, NumberFormat.Number);
    }

    /// <summary>The budget that decides, with its norm: <c>ε = 8/255 in L∞</c>.</summary>
    public override string ToString() => $"ε = {Text(Epsilon)} in {Norm.Symbol()}";
}
