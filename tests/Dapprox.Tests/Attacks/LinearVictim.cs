using Dapprox.Foundation;

namespace Dapprox.Tests.Attacks;

/// <summary>Victims whose logits are W·x, so that everything about their gradients is known.</summary>
static class LinearVictim
{
    public const int Pixels = 12, Classes = 3;

    /// <summary><c>[classes, pixels]</c>.</summary>
    public static float[] Weights { get; } = Numbers(1, Classes * Pixels);

    /// <summary>The victim; its own gradient is <c>Wᵀ·v</c>.</summary>
    public static RowVictim Create() => new([1, 3, 4], Classes, Logits, (_, back) => Gradient(back));

    public static float[] Logits(float[] image) => Enumerable.Range(0, Classes)
        .Select(row => (float)Enumerable.Range(0, Pixels).Sum(i => (double)Weights[row * Pixels + i] * image[i]))
        .ToArray();

    /// <summary><c>Wᵀ·v</c>.</summary>
    public static float[] Gradient(float[] back) => Enumerable.Range(0, Pixels)
        .Select(i => (float)Enumerable.Range(0, Classes).Sum(row => (double)Weights[row * Pixels + i] * back[row]))
        .ToArray();

    public static float[] Numbers(ulong stream, int count)
    {
        var random = new CounterRandom(43, stream);
        return Enumerable.Range(0, count).Select(_ => random.NextSingle(-1, 1)).ToArray();
    }
}
