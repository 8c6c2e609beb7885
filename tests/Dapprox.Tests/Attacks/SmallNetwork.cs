using CsCheck;
using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Tensors;

namespace Dapprox.Tests.Attacks;

/// <summary>A network for 3×4 images that is small enough for hundreds of attacks, and images for it.</summary>
static class SmallNetwork
{
    /// <summary>Convolution, ReLU, max-pooling and two dense layers with random weights; three classes.</summary>
    public static Network Create(FloatMultiplier multiplier, int threads = 0)
    {
        float[] filters = Weights(1, 4 * 9), hidden = Weights(2, 8 * 8), last = Weights(3, 3 * 8);
        return new Network("small", [1, 3, 4], 3,
        [
            new Convolution2D("conv", new(1, 4, 3, 3) { Padding = 1 }, 3, 4, filters, Weights(4, 4), multiplier),
            new Relu("relu1"),
            new MaxPool2D("pool", 2),
            new Flatten("flatten"),
            new Dense("hidden", 8, 8, hidden, Weights(5, 8), multiplier),
            new Relu("relu2"),
            new Dense("last", 8, 3, last, Weights(6, 3), multiplier),
        ])
        { Threads = threads };
    }

    /// <summary>Images, many pixels of which are 0 or 1, and the classes the victim gives them, save for every fifth.</summary>
    public static (Tensor Images, int[] Labels) Images(IGradientVictim victim, int count, ulong stream)
    {
        Tensor images = Tensor.Zeros(count, 1, 3, 4);
        var random = new CounterRandom(41, stream);
        foreach (ref float pixel in images.Data.AsSpan())
            pixel = random.NextInt32(4) switch { 0 => 0, 1 => 1, _ => random.NextSingle(0, 1) };
        int[] labels = victim.Labels(images);
        return (images, labels.Select((label, i) => i % 5 == 4 ? (label + 1) % victim.Classes : label).ToArray());
    }

    /// <summary>Budgets, with those that round badly among them.</summary>
    public static Gen<double> Epsilons { get; } = Gen.OneOf(
        Gen.Double[0, 0.5], Gen.OneOf<double>(0, 1e-30, 1e-9, 0.1, 0.3, 0.1f, 0.5, 1, 2));

    static float[] Weights(ulong stream, int count)
    {
        var random = new CounterRandom(42, stream);
        return Enumerable.Range(0, count).Select(_ => random.NextSingle(-1, 1)).ToArray();
    }
}
