using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;

namespace Dapprox.Networks.Attacks.Victims;

/// <summary>
/// A victim's average over random transformations t of the image (expectation over transformation, EOT: Athalye, Engstrom,
/// Ilyas, Kwok, "Synthesizing Robust Adversarial Examples", ICML 2018; against random defences: Athalye, Carlini, Wagner,
/// "Obfuscated Gradients Give a False Sense of Security", ICML 2018). The average smooths a victim with staircase scores and
/// reduces the noise of a randomised victim.
/// </summary>
/// <remarks>
/// <para>Logits are the mean of the logits of t₁(x) … tₙ(x), classes the largest of the mean logits. The gradient is that of the
/// expected loss, as both papers define it, ∇E[L(z(t(x)))] = E[∇L(z(t(x)))]: the loss gives its gradient at the logits of each
/// tᵢ(x), and the input gradients, pulled back through tᵢ, are averaged. A logit-dependent positive factor of the loss gradient, as
/// in <see cref="CrossEntropy.Direction"/>, enters the average.</para>
/// <para>The seed and the bits of the image determine the transformations, so the answers do not depend on batch, order or threads
/// unless the inner victim's do. The inner victim gets n images for each image, even if all are equal.</para>
/// </remarks>
public sealed class AveragingVictim : IGradientVictim
{
    readonly IGradientVictim inner;
    readonly RandomTransformation transformation;
    readonly ulong seed;

    /// <summary>Creates the victim.</summary>
    /// <param name="inner">The wrapped victim.</param>
    /// <param name="transformation">The random transformation of the images.</param>
    /// <param name="samples">The number of transformations to average over, n; at least 1.</param>
    /// <param name="seed">Determines the transformations.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="samples"/> is below 1.</exception>
    public AveragingVictim(IGradientVictim inner, RandomTransformation transformation, int samples, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(transformation);
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        this.inner = inner;
        this.transformation = transformation;
        this.seed = seed;
        Samples = samples;
    }

    /// <summary>The number of transformations, n.</summary>
    public int Samples { get; }

    /// <inheritdoc/>
    public ReadOnlySpan<int> InputShape => inner.InputShape;

    /// <inheritdoc/>
    public int Classes => inner.Classes;

    /// <summary>n times the inner victim's.</summary>
    public long QueryCost => Samples * inner.QueryCost;

    /// <summary>n times the inner victim's.</summary>
    public long GradientCost => Samples * inner.GradientCost;

    /// <summary>n times the inner victim's.</summary>
    public long BackwardCost => Samples * inner.BackwardCost;

    /// <inheritdoc/>
    public int[] Labels(Tensor images) => Scores.Labels(Logits(images));

    /// <inheritdoc/>
    public Tensor Logits(Tensor images)
    {
        double[] sums = new double[images.Batch * Classes];
        ForEachSlice(images, (slice, first, _) => AddTo(sums, inner.Logits(slice), first));
        return Mean(sums, images.Batch, Classes);
    }

    /// <inheritdoc/>
    public (Tensor Logits, Tensor Gradient) InputGradient(Tensor images, LogitGradient loss)
    {
        double[] logitSums = new double[images.Batch * Classes], gradientSums = new double[images.Data.Length];
        ForEachSlice(images, (slice, first, randoms) =>
        {
            (Tensor logits, Tensor gradient) = inner.InputGradient(
                slice, (row, scores, back) => loss((first + row) / Samples, scores, back));
            Tensor pulled = Tensor.Zeros(slice.Shape);
            for (int i = 0; i < slice.Batch; i++)
                transformation.PullBack(gradient.Row(i), InputShape, randoms[i], pulled.Row(i));
            AddTo(logitSums, logits, first);
            AddTo(gradientSums, pulled, first);
        });
        return (Mean(logitSums, images.Batch, Classes), Mean(gradientSums, images.Shape));
    }

    /// <summary>
    /// Creates the transformed images in slices; number <c>i·n + s</c> is sample s of image i. The body gets a slice, the number of
    /// its first image, and the random numbers of each.
    /// </summary>
    void ForEachSlice(Tensor images, Action<Tensor, int, CounterRandom[]> body)
    {
        int count = checked(images.Batch * Samples), atATime = Variants.AtATime(images.RowLength);
        ulong[] keys = [.. Enumerable.Range(0, images.Batch).Select(image => Variants.Key(images.Row(image)))];
        for (int first = 0; first < count; first += atATime)
        {
            var randoms = new CounterRandom[Math.Min(atATime, count - first)];
            Tensor slice = Tensor.Zeros([randoms.Length, .. images.Shape[1..]]);
            for (int i = 0; i < randoms.Length; i++)
            {
                (int image, int sample) = Math.DivRem(first + i, Samples);
                randoms[i] = new CounterRandom(seed, keys[image], (ulong)sample);
                transformation.Apply(images.Row(image), InputShape, randoms[i], slice.Row(i));
            }

            body(slice, first, randoms);
        }
    }

    /// <summary>Adds every row to the sum of its image, in sample order for any slicing.</summary>
    void AddTo(double[] sums, Tensor rows, int first)
    {
        for (int i = 0; i < rows.Batch; i++)
        {
            Span<double> sum = sums.AsSpan((first + i) / Samples * rows.RowLength, rows.RowLength);
            ReadOnlySpan<float> row = rows.Row(i);
            for (int j = 0; j < row.Length; j++)
                sum[j] += row[j];
        }
    }

    /// <summary>The means; the mean of n equal numbers is exact.</summary>
    Tensor Mean(double[] sums, params ReadOnlySpan<int> shape) =>
        new(Array.ConvertAll(sums, sum => (float)(sum / Samples)), shape);
}
