using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Networks.Attacks.Algorithms;

/// <summary>
/// Local search: in each round some pixels are tried one by one at an extreme value, those that matter to the true class's
/// score are changed for good, and the next round tries the pixels around them. (Narodytska, Kasiviswanathan, "Simple
/// Black-Box Adversarial Attacks on Deep Neural Networks", CVPR Workshops 2017, section 5.) All channels of a pixel change
/// together. It has no targeted form.
/// </summary>
/// <remarks>
/// In numbers v = pixel − ½, a trial sets a pixel to p·sign(v), and a change to r·v, from which 1 is taken or to which 1 is
/// added when it leaves [−½, ½]; so a pixel of exactly ½ never changes. With a p above ½ trials lie outside [0, 1]: a victim
/// that accepts pictures only would refuse them, and they are never the result. Where the paper sorts by probability we sort
/// by the log of the odds of the true class: the same order, but without the ties of rounded probabilities of 1.
/// </remarks>
public sealed record LocalSearch : IAttack<IScoreVictim>
{
    const double FirstShare = 0.1;
    const ulong PixelPurpose = 4UL << 32;

    /// <summary>As in Foolbox 2.4: p = 10, which asks about points far outside [0, 1], and an end at the first success.</summary>
    public static LocalSearch Foolbox24 { get; } = new() { TrialSize = 10, Shrink = false };

    /// <inheritdoc/>
    public string Name => "lsa";

    /// <summary>L2, in which the literature reports it.</summary>
    public Norm Norm => Norm.L2;

    /// <summary>None: it changes few pixels, as far as it must.</summary>
    public double? Epsilon => null;

    /// <summary>r, the factor of a change; above 0 and at most 2.</summary>
    public double Factor { get; init => field = Legal.Within(2, value, nameof(Factor)); } = 1.5;

    /// <summary>p, the size of a trial; above 0. With ½ a trial goes to the nearer end of [0, 1], and success is likelier.</summary>
    public double TrialSize { get; init => field = Legal.Positive(value, nameof(TrialSize)); } = 0.5;

    /// <summary>d: pixels at most so many rows and columns away from a changed one are tried next; at least 0.</summary>
    public int Distance { get; init => field = Legal.AtLeast(0, value, nameof(Distance)); } = 5;

    /// <summary>t, how many pixels a round changes; at least 1.</summary>
    public int PixelsPerRound { get; init => field = Legal.AtLeast(1, value, nameof(PixelsPerRound)); } = 5;

    /// <summary>How many rounds at most; at least 1.</summary>
    public int Rounds { get; init => field = Legal.AtLeast(1, value, nameof(Rounds)); } = 150;

    /// <summary>How many pixels a round tries at most, drawn at random where there are more; at least 1.</summary>
    public int Candidates { get; init => field = Legal.AtLeast(1, value, nameof(Candidates)); } = 128;

    /// <summary>Which of the tried pixels are changed.</summary>
    public PixelOrder Order { get; init; } = PixelOrder.Highest;

    /// <summary>
    /// Whether, after a success, pixels are put back one by one as long as the image stays adversarial, those first whose
    /// return costs the least. This is ours; it takes up to two queries per changed pixel.
    /// </summary>
    public bool Shrink { get; init; } = true;

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">A class is aimed at.</exception>
    public async Task<StopReason> Run(IScoreVictim victim, AttackedImage image)
    {
        if (image.IsTargeted)
            throw new NotSupportedException("Local search has no targeted form.");
        int plane = Plane(image), width = image.Shape[2];
        CounterRandom random = image.Random(PixelPurpose);
        int[] pixels = [.. Enumerable.Range(0, plane)];
        random.Shuffle<int>(pixels);
        pixels = pixels[..Math.Clamp((int)(FirstShare * pixels.Length), 1, Candidates)];
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

    /// <summary>The log of the odds of the true class where one pixel of a point has another value: for each pixel.</summary>
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

    /// <summary>A point whose pixels have other values in all channels, given for each place in the image.</summary>
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

    /// <summary>How many pixels the image has, in each channel.</summary>
    static int Plane(AttackedImage image) => image.Shape[1] * image.Shape[2];
}
