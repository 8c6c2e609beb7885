using Dapprox.Foundation;
using Dapprox.Networks.Graph;

namespace Dapprox.Networks.Attacks.Victims;

/// <summary>
/// A victim whose gradients are estimated from its scores: with v the gradient of the loss with respect to the logits at
/// the image, the gradient of <c>f(x) = v · logits(x)</c>, v held fixed, by a <see cref="ZerothOrderEstimator"/>. The estimate
/// covers the victim as it is, staircase included, and needs no derivative.
/// </summary>
/// <remarks>
/// The seed and the bits of the image determine the directions, so the answers do not depend on batch, order or threads unless the
/// inner victim's do. A NaN score makes the whole gradient of its image NaN. Equal consecutive images are evaluated once, whatever
/// their losses.
/// </remarks>
/// <param name="inner">The wrapped victim.</param>
/// <param name="estimator">The gradient estimator.</param>
/// <param name="seed">Determines the directions.</param>
public sealed class EstimatedGradientVictim(IScoreVictim inner, ZerothOrderEstimator estimator, ulong seed) : IGradientVictim
{
    /// <inheritdoc/>
    public ReadOnlySpan<int> InputShape => inner.InputShape;

    /// <inheritdoc/>
    public int Classes => inner.Classes;

    /// <summary>The inner victim's.</summary>
    public long QueryCost => inner.QueryCost;

    /// <summary>Two points for every direction and the image itself, each at the inner victim's cost of an answer.</summary>
    public long GradientCost => (2L * estimator.Directions((int)Tensor.Count(InputShape)) + 1) * inner.QueryCost;

    /// <summary>None: the estimate takes scores only.</summary>
    public long BackwardCost => 0;

    /// <summary>The cost of one gradient: all losses use the same points.</summary>
    public long CostOfGradients(int losses) => GradientCost;

    /// <inheritdoc/>
    public int[] Labels(Tensor images) => inner.Labels(images);

    /// <inheritdoc/>
    public Tensor Logits(Tensor images) => inner.Logits(images);

    /// <inheritdoc/>
    public (Tensor Logits, Tensor Gradient) InputGradient(Tensor images, LogitGradient loss)
    {
        ulong[] keys = [.. Enumerable.Range(0, images.Batch).Select(image => Variants.Key(images.Row(image)))];
        // Of a run of equal images, as in a query of several losses, only the first is evaluated.
        int[] firsts =
        [
            .. Enumerable.Range(0, images.Batch).Where(image =>
                image == 0 || keys[image] != keys[image - 1] || !images.Row(image).SequenceEqual(images.Row(image - 1))),
        ];
        int[] run = new int[images.Batch];
        for (int image = 1; image < run.Length; image++)
            run[image] = run[image - 1] + (Array.BinarySearch(firsts, image) >= 0 ? 1 : 0);

        Tensor logits = inner.Logits(images.Gather(firsts)).Gather(run), back = Tensor.Zeros(logits.Shape);
        for (int image = 0; image < images.Batch; image++)
            loss(image, logits.Row(image), back.Row(image));

        int pixels = images.RowLength, directions = estimator.Directions(pixels);
        long count = (long)firsts.Length * directions;
        int atATime = Variants.AtATime(pixels) / 2;
        double[] sums = new double[images.Data.Length];
        // Number i·m + k is direction k of run i; its points are rows 2j and 2j + 1.
        for (long first = 0; first < count; first += atATime)
        {
            int pairs = (int)Math.Min(atATime, count - first);
            Tensor drawn = Tensor.Zeros(pairs, pixels), points = Tensor.Zeros([2 * pairs, .. images.Shape[1..]]);
            for (int j = 0; j < pairs; j++)
            {
                (int i, int k) = RunAndDirection(first + j, directions);
                int image = firsts[i];
                estimator.Draw(k, new CounterRandom(seed, keys[image], (ulong)k), drawn.Row(j));
                Move(images.Row(image), drawn.Row(j), estimator.Step, points.Row(2 * j));
                Move(images.Row(image), drawn.Row(j), -estimator.Step, points.Row(2 * j + 1));
            }

            Tensor scores = inner.Logits(points);
            for (int j = 0; j < pairs; j++)
            {
                int i = RunAndDirection(first + j, directions).Run;
                for (int image = firsts[i]; image < images.Batch && run[image] == i; image++)
                {
                    double difference = Difference(back.Row(image), scores.Row(2 * j), scores.Row(2 * j + 1));
                    Add(drawn.Row(j), difference, sums.AsSpan(image * pixels, pixels));
                }
            }
        }

        double scale = estimator.Scale(pixels) / (2 * estimator.Step);
        return (logits, new Tensor(Array.ConvertAll(sums, sum => (float)(sum * scale)), images.Shape));
    }

    static (int Run, int Direction) RunAndDirection(long number, int directions) =>
        ((int)(number / directions), (int)(number % directions));

    static void Move(ReadOnlySpan<float> image, ReadOnlySpan<float> direction, double step, Span<float> point)
    {
        for (int i = 0; i < point.Length; i++)
            point[i] = (float)(image[i] + step * direction[i]);
    }

    /// <summary><c>back · (plus − minus)</c>.</summary>
    static double Difference(ReadOnlySpan<float> back, ReadOnlySpan<float> plus, ReadOnlySpan<float> minus)
    {
        double sum = 0;
        for (int i = 0; i < back.Length; i++)
            sum += back[i] * ((double)plus[i] - minus[i]);
        return sum;
    }

    static void Add(ReadOnlySpan<float> direction, double difference, Span<double> sum)
    {
        // Includes pixels with direction 0, so that a NaN reaches every pixel.
        for (int i = 0; i < sum.Length; i++)
            sum[i] += difference * direction[i];
    }
}
