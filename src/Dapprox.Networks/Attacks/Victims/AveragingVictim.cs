using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;

namespace Dapprox.Networks.Attacks.Victims;

/// <summary>
/// A victim's average over random transformations t of the image (expectation over transformation, EOT: Athalye, Engstrom,
/// Ilyas, Kwok, "Synthesizing Robust Adversarial Examples", ICML 2018; against random defences: Athalye, Carlini, Wagner,
/// "Obfuscated Gradients Give a False Sense of Security", ICML 2018). It smooths a victim whose scores are a staircase, and
/// makes the most of one that is random itself.
/// </summary>
/// <remarks>
/// <para>Logits are the mean of the logits of t₁(x) … tₙ(x), classes the largest of the mean logits. The gradient is that of
/// the expected loss, as both papers define it, ∇E[L(z(t(x)))] = E[∇L(z(t(x)))]: the loss is asked for its gradient at
/// the logits of each tᵢ(x), and the input gradients, pulled back through tᵢ, are averaged. A loss whose gradient comes with
/// a positive factor that depends on the logits, as <see cref="CrossEntropy.Direction"/>, is averaged with it.</para>
/// <para>The transformations are determined by the seed and the bits of the image, so the answers depend on neither batch
/// nor order nor threads, unless the inner victim's do. It is put n images for each, even where all are the same.</para>
/// </remarks>
public sealed class AveragingVictim : IGradientVictim
{
    readonly IGradientVictim inner;
    readonly RandomTransformation transformation;
    readonly ulong seed;

    /// <summary>Creates the victim.</summary>
    /// <param name="inner">The victim behind it.</param>
    /// <param name="transformation">What is done to the images.</param>
    /// <param name="samples">Over how many transformations to average, n; at least 1.</param>
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

    /// <summary>Over how many transformations it averages, n.</summary>
    public int Samples { get; }

    /// <inheritdoc/>
    public ReadOnlySpan<int> InputShape => inner.InputShape;

    /// <inheritdoc/>
    public int Classes => inner.Classes;

    /// <summary>n times the inner victim's.</summary>
    public long QueryCost => Samples * inner.QueryCost;

    /// <summary>n times the inner victim's.</summary>
    public long GradientCost => Samples * inner.GradientCost;

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
                slice, (place, scores, back) => loss((first + place) / Samples, scores, back));
            Tensor pulled = Tensor.Zeros(slice.Shape);
            for (int i = 0; i < slice.Batch; i++)
                transformation.PullBack(gradient.Row(i), InputShape, randoms[i], pulled.Row(i));
            AddTo(logitSums, logits, first);
            AddTo(gradientSums, pulled, first);
        });
        return (Mean(logitSums, images.Batch, Classes), Mean(gradientSums, images.Shape));
    }

    /// <summary>
    /// Makes the transformed images, some at a time; number <c>i·n + s</c> is sample s of image i. The body gets them, the
    /// number of the first, and the random numbers of each.
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

    /// <summary>Adds every row to its image's sum, in the order of the samples whatever the slices.</summary>
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

    /// <summary>The means; n equal numbers have that number as their mean exactly.</summary>
    Tensor Mean(double[] sums, params ReadOnlySpan<int> shape) =>
        new(Array.ConvertAll(sums, sum => (float)(sum / Samples)), shape);
}
