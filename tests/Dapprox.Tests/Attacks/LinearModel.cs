using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Tensors;

namespace Dapprox.Tests.Attacks;

/// <summary>
/// A random linear network for 4×4 images, whose distances to the boundary are known, and images so near grey that no bound
/// is in the way in L2 and L∞.
/// </summary>
sealed class LinearModel
{
    const int Pixels = 16;

    // Closer images say more about rounding than about attacks; further ones meet a bound.
    const double Nearest = 0.05, Furthest = 0.3;

    readonly float[] weights;
    readonly float[] biases;

    public LinearModel(ulong seed, int classes, float scale = 1)
    {
        var random = new CounterRandom(seed, 77);
        weights = Enumerable.Range(0, classes * Pixels).Select(_ => scale * random.NextSingle(-1, 1)).ToArray();
        // Grey is near all boundaries.
        biases = Enumerable.Range(0, classes).Select(k => scale * random.NextSingle(-0.3f, 0.3f) - Weights(k).Sum() / 2).ToArray();
        Network = new Network("linear", [1, 4, 4], classes,
            [new Flatten("flatten"), new Dense("dense", Pixels, classes, weights, biases, ExactMultiplier.Rounded)]);
        float[][] images = Enumerable.Range(0, 40)
            .Select(_ => Enumerable.Range(0, Pixels).Select(_ => random.NextSingle(0.4f, 0.6f)).ToArray())
            .Where(
                image => Distance(image, Norm.L2) > Nearest && Distance(image, Norm.L2) < Furthest && Distance(image, Norm.LInf) < Furthest)
            .Take(8)
            .ToArray();
        Images = new Tensor(images.SelectMany(image => image).ToArray(), images.Length, 1, 4, 4);
        Labels = Scores.Labels(Network.Forward(Images));
    }

    public Network Network { get; }

    public NetworkVictim Victim => new(Network);

    public Tensor Images { get; }

    public int[] Labels { get; }

    public float[] Image(int index) => Images.Row(index).ToArray();

    /// <summary>
    /// The distance to the nearest boundary. L2 and L∞: min |f| / ‖w‖, in the norm that is dual to the distance's. L1 and L0: the fewest
    /// changes and the smallest number of changed pixels that make up f, each pixel up to its bound, the most effective first.
    /// </summary>
    public double Distance(float[] image, Norm norm)
    {
        int classes = biases.Length;
        double[] logits = Enumerable.Range(0, classes).Select(
            k => biases[k] + Weights(k).Zip(image, (w, x) => (double)w * x).Sum()).ToArray();
        int label = Array.IndexOf(logits, logits.Max());
        return Enumerable.Range(0, classes).Where(k => k != label).Min(k =>
        {
            double[] difference = Weights(k).Zip(Weights(label), (a, b) => (double)a - b).ToArray();
            double missing = logits[label] - logits[k];
            return norm switch
            {
                Norm.LInf => missing / difference.Sum(Math.Abs),
                Norm.L2 => missing / Math.Sqrt(difference.Sum(w => w * w)),
                _ => Greedy(image, difference, missing, norm),
            };
        });
    }

    static double Greedy(float[] image, double[] slopes, double missing, Norm norm)
    {
        double distance = 0;
        foreach ((double slope, double room) in slopes
            .Zip(image, (w, x) => (Slope: Math.Abs(w), Room: w > 0 ? 1.0 - x : x))
            .OrderByDescending(pixel => norm == Norm.L1 ? pixel.Slope : pixel.Slope * pixel.Room))
        {
            double change = Math.Min(room, missing / slope);
            distance += norm == Norm.L1 ? change : 1;
            missing -= change * slope;
            if (change < room)
                break;
        }

        return distance;
    }

    float[] Weights(int label) => weights[(label * Pixels)..((label + 1) * Pixels)];
}
