using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Networks.Attacks.Algorithms;

/// <summary>
/// Local search: each round tries some pixels one by one at an extreme value and changes those that affect the true class's score;
/// the next round tries the pixels around them. (Narodytska, Kasiviswanathan, "Simple Black-Box Adversarial Attacks on Deep Neural
/// Networks", CVPR Workshops 2017, section 5.) All channels of a pixel change together. It has no targeted form.
/// </summary>
/// <remarks>
/// With v = pixel − ½, a trial sets v to p·sign(v); a change sets it to r·v, minus or plus 1 if that leaves [−½, ½]. A pixel of
/// exactly ½ never changes. With p above ½ trials lie outside [0, 1]; they are never the result, and a victim that accepts only
/// pictures would refuse them. The paper sorts by probability; this implementation sorts by the log odds of the true class, which
/// gives the same order without ties from probabilities rounded to 1.
/// </remarks>
public sealed record LocalSearch : IAttack<IScoreVictim>
{
    const double FirstFraction = 0.1;
    const ulong PixelPurpose = 4UL << 32;

    /// <summary>As in Foolbox 2.4: p = 10, which queries points far outside [0, 1], and a stop at the first success.</summary>
    public static LocalSearch Foolbox24 { get; } = new() { TrialSize = 10, Shrink = false };

    /// <inheritdoc/>
    public string Name => "lsa";

    /// <summary>L2, as reported in the literature.</summary>
    public Norm Norm => Norm.L2;

    /// <summary>None: the attack changes few pixels, without a bound.</summary>
    public double? Epsilon => null;

    /// <summary>r, the factor of a change; above 0 and at most 2.</summary>
    public double Factor { get; init => field = Legal.Within(2, value, nameof(Factor)); } = 1.5;

    /// <summary>
    /// p, the size of a trial; above 0. With ½ a trial goes to the nearer end of [0, 1], which makes success more likely.
    /// </summary>
    public double TrialSize { get; init => field = Legal.Positive(value, nameof(TrialSize)); } = 0.5;

    /// <summary>d: the next round tries pixels within this many rows and columns of a changed one; at least 0.</summary>
    public int Distance { get; init => field = Legal.AtLeast(0, value, nameof(Distance)); } = 5;

    /// <summary>t, the number of pixels that a round changes; at least 1.</summary>
    public int PixelsPerRound { get; init => field = Legal.AtLeast(1, value, nameof(PixelsPerRound)); } = 5;

    /// <summary>The maximum number of rounds; at least 1.</summary>
    public int Rounds { get; init => field = Legal.AtLeast(1, value, nameof(Rounds)); } = 150;

    /// <summary>The maximum number of pixels that a round tries, drawn at random if there are more; at least 1.</summary>
    public int Candidates { get; init => field = Legal.AtLeast(1, value, nameof(Candidates)); } = 128;

    /// <summary>Which of the tried pixels are changed.</summary>
    public PixelOrder Order { get; init; } = PixelOrder.Highest;

    /// <summary>
    /// Whether a success is refined: pixels are restored one by one while the image stays adversarial, starting with the smallest
    /// effect on the score. This step is not in the paper; it takes up to two queries per changed pixel.
    /// </summary>
    public bool Shrink { get; init; } = true;

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The attack is targeted.</exception>
    public async Task<StopReason> Run(IScoreVictim victim, AttackedImage image)
    {
        if (image.IsTargeted)
            throw new NotSupportedException("Local search has no targeted form.");
        int plane = Plane(image), width = image.Shape[2];
        CounterRandom random = image.Random(PixelPurpose);
        int[] pixels = [.. Enumerable.Range(0, plane)];
        random.Shuffle<int>(pixels);
        pixels = pixels[..Math.Clamp((int)(FirstFraction * pixels.Length), 1, Candidates)];
        float[] point = image.Clean.ToArray();
        for (int round = 0; round < Rounds; round++)
        {
            float[] now = point;
            double[] scores = await Scores(victim, image, point, pixels, i => (float)(TrialSize * Math.Sign(now[i] - 0.5f) + 0.5));
            (int Pixel, double Score)[] known = [.. pixels.Zip(scores).Where(pair => !double.IsNaN(pair.Second))];
            if (known.Length == 0)
                return StopReason.NonFinite;
            int[] changed =
            [
                .. known.OrderBy(pair => Order == PixelOrder.Highest ? -pair.Score : pair.Score)
                    .Take(PixelsPerRound).Select(pair => pair.Pixel),
            ];

            point = With(point, changed, plane, i => Changed(now[i]));
            image.Candidate = point;
            if (image.IsReached(await image.Logits(victim, point)))
            {
                if (Shrink)
                    await PutBack(victim, image, point);
                return StopReason.Found;
            }

            pixels = [.. Enumerable.Range(0, plane).Where(pixel => changed.Any(centre => IsNear(pixel, centre, width)))];
            random.Shuffle<int>(pixels);
            pixels = pixels[..Math.Min(pixels.Length, Candidates)];
            image.Progress = (round + 1.0) / Rounds;
        }

        return StopReason.BudgetSpent;
    }

    bool IsNear(int pixel, int centre, int width) =>
        Math.Abs(pixel / width - centre / width) <= Distance && Math.Abs(pixel % width - centre % width) <= Distance;

    /// <summary>For each pixel, the log odds of the true class after that pixel alone gets another value.</summary>
    static async Task<double[]> Scores(IScoreVictim victim, AttackedImage image, float[] point, int[] pixels, Func<int, float> value)
    {
        Tensor points = Tensor.Unfilled([pixels.Length, .. image.Shape]);
        for (int i = 0; i < pixels.Length; i++)
            With(point, [pixels[i]], Plane(image), value).CopyTo(points.Row(i));
        Tensor logits = await image.Logits(victim, points);
        return [.. Enumerable.Range(0, logits.Batch).Select(i => -CrossEntropy.LogOddsAgainst(logits.Row(i), image.Class))];
    }

    float Changed(float pixel)
    {
        double value = Factor * (pixel - 0.5);
        value += value < -0.5 ? 1 : value > 0.5 ? -1 : 0;
        return (float)Math.Clamp(value + 0.5, 0, 1);
    }

    async Task PutBack(IScoreVictim victim, AttackedImage image, float[] point)
    {
        int plane = Plane(image);
        int[] changed = [.. Enumerable.Range(0, point.Length).Where(i => point[i] != image.Clean[i]).Select(i => i % plane).Distinct()];
        var scores = new List<double>();
        foreach (int[] some in changed.Chunk(Candidates))
            scores.AddRange(await Scores(victim, image, point, some, i => image.Clean[i]));
        foreach ((int pixel, _) in changed.Zip(scores).OrderBy(pair => pair.Second))
        {
            float[] without = With(point, [pixel], plane, i => image.Clean[i]);
            if (image.IsReached(await image.Logits(victim, without)))
                point = without;
        }
    }

    /// <summary>A point with other values at some pixels, in all channels; values are given by pixel index.</summary>
    static float[] With(float[] point, ReadOnlySpan<int> pixels, int plane, Func<int, float> value)
    {
        float[] result = (float[])point.Clone();
        foreach (int pixel in pixels)
        {
            for (int i = pixel; i < result.Length; i += plane)
                result[i] = value(i);
        }

        return result;
    }

    /// <summary>The number of pixels of the image, in each channel.</summary>
    static int Plane(AttackedImage image) => image.Shape[1] * image.Shape[2];
}
