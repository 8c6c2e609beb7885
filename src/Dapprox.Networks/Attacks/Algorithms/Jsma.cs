using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Networks.Attacks.Algorithms;

/// <summary>
/// The Jacobian-based saliency map attack: changes few pixels, in each step those with the highest saliency for a target class.
/// (Papernot, McDaniel, Jha, Fredrikson, Celik, Swami, "The Limitations of Deep Learning in Adversarial Settings", IEEE EuroS&amp;P
/// 2016, section IV.)
/// </summary>
/// <remarks>
/// <para>A pixel takes part until a step can no longer move it or until it was changed <see cref="MaxChangesPerPixel"/> times. The
/// attack stops at the first success, when a step would change more pixels than <see cref="Gamma"/> allows, or when no step is
/// admissible. Queries per step: two gradients for pairs, of the target's logit and of the sum of the others; one gradient for the
/// other variants. A pixel of a colour image counts once per channel.</para>
/// <para>An untargeted attack targets the <see cref="Targets"/> most likely classes in turn, and any wrong class is a success; the
/// image with the fewest changes wins. <see cref="Foolbox24"/> targets the class that the smallest sufficient step along the
/// gradient reaches, or a random class if no step suffices. The image of that step is discarded, as in Foolbox, and is no success
/// of JSMA; its queries count.</para>
/// </remarks>
public sealed record Jsma : IAttack<IGradientVictim>
{
    const ulong ClassPurpose = 5UL << 32;

    /// <summary>As in Foolbox 2.4: <see cref="JsmaVariant.FoolboxFast"/>, 2000 steps of 0.1, each pixel seven times at most.</summary>
    public static Jsma Foolbox24 { get; } = new()
    {
        Variant = JsmaVariant.FoolboxFast,
        Theta = 0.1,
        Gamma = 1,
        Steps = 2000,
        MaxChangesPerPixel = 7,
        AimsAlongGradient = true,
    };

    /// <inheritdoc/>
    public string Name => "jsma";

    /// <inheritdoc/>
    public Norm Norm => Norm.L0;

    /// <inheritdoc/>
    public double? Epsilon => null;

    /// <summary>How the pixels are chosen.</summary>
    public JsmaVariant Variant { get; init; } = JsmaVariant.PapernotPairs;

    /// <summary>
    /// θ: the change of a pixel in one step, −1 to 1 and not 0; <see cref="JsmaVariant.FoolboxFast"/> subtracts its absolute value.
    /// </summary>
    public double Theta
    {
        get;
        init => field = value is >= -1 and <= 1 and not 0
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Theta), value, "It lies between −1 and 1, and is not 0.");
    } = 1;

    /// <summary>γ: the fraction of pixels that may change, above 0 and at most 1.</summary>
    public double Gamma
    {
        get;
        init => field = value is > 0 and <= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Gamma), value, "It is above 0 and at most 1.");
    } = 0.1;

    /// <summary>The maximum number of steps for each target; at least 1.</summary>
    public int Steps { get; init => field = Legal.AtLeast(1, value, nameof(Steps)); } = 2000;

    /// <summary>The maximum number of changes of a pixel; at least 1.</summary>
    public int MaxChangesPerPixel { get; init => field = Legal.AtLeast(1, value, nameof(MaxChangesPerPixel)); } = int.MaxValue;

    /// <summary>The number of target classes of an untargeted attack; at least 1.</summary>
    public int Targets { get; init => field = Legal.AtLeast(1, value, nameof(Targets)); } = 9;

    /// <summary>
    /// Whether an untargeted attack has a single target: the class that the smallest sufficient step along the gradient reaches, if
    /// there is one.
    /// </summary>
    public bool AimsAlongGradient { get; init; }

    double Step => Variant == JsmaVariant.FoolboxFast ? -Math.Abs(Theta) : Theta;

    /// <inheritdoc/>
    public async Task<StopReason> Run(IGradientVictim victim, AttackedImage image)
    {
        int[] targets = image.IsTargeted ? [image.Class] : await Choose(victim, image);
        StopReason reason = StopReason.BudgetSpent;
        for (int i = 0; i < targets.Length; i++)
        {
            image.Part = (i / (double)targets.Length, (i + 1.0) / targets.Length);
            reason = await Aim(victim, image, targets[i]);
            if (reason == StopReason.NonFinite)
                break;
        }

        return reason;
    }

    /// <summary>The target classes of an untargeted attack.</summary>
    async Task<int[]> Choose(IGradientVictim victim, AttackedImage image)
    {
        if (AimsAlongGradient)
            return [await ChooseAsFoolbox(victim, image)];
        int[] runnersUp = MarginLoss.RunnersUp(await image.Logits(victim, image.Clean.ToArray()), image.Class);
        return runnersUp[..Math.Min(Targets, runnersUp.Length)];
    }

    static async Task<int> ChooseAsFoolbox(IGradientVictim victim, AttackedImage image)
    {
        image.Part = (0, 0);
        try
        {
            if (await Fgsm.AlongTheGradient.Smallest(victim, image) is float[] fooled)
                return await image.Label(victim, fooled);
        }
        finally
        {
            // Also if the query budget ends here.
            image.Forget();
        }

        CounterRandom random = image.Random(ClassPurpose);
        int other = random.NextInt32(victim.Classes - 1);
        return other < image.Class ? other : other + 1;
    }

    async Task<StopReason> Aim(IGradientVictim victim, AttackedImage image, int target)
    {
        float[] point = image.Clean.ToArray();
        int[] changes = new int[point.Length];
        int maxChanged = (int)Math.Floor(Gamma * point.Length);
        // A further target counts only with fewer changes.
        if (image.Best is float[] best)
            maxChanged = Math.Min(maxChanged, Distances.Between(image.Clean, best).L0 - 1);
        for (int step = 0; ; step++)
        {
            (float[] logits, Tensor gradients) = await Ask(victim, image, point, target);
            if (image.IsReached(logits))
                return StopReason.Found;
            if (StopReasons.NoWay(logits, gradients.Data) is StopReason stopped)
                return stopped;
            bool[] allowed =
                Enumerable.Range(0, point.Length).Select(i => changes[i] < MaxChangesPerPixel && Moved(point[i]) != point[i]).ToArray();
            int[] pixels = Choose(gradients, point, allowed);
            if (pixels.Length == 0)
                return StopReason.NoStepLeft;
            if (step == Steps || changes.Count(count => count > 0) + pixels.Count(i => changes[i] == 0) > maxChanged)
                return StopReason.BudgetSpent;

            point = (float[])point.Clone();
            foreach (int i in pixels)
            {
                point[i] = Moved(point[i]);
                changes[i]++;
            }

            image.Candidate = point;
            image.Progress = Math.Max((step + 1.0) / Steps, changes.Count(count => count > 0) / (double)maxChanged);
        }
    }

    Query<(float[] Logits, Tensor Gradients)> Ask(IGradientVictim victim, AttackedImage image, float[] point, int target)
    {
        int losses = Variant == JsmaVariant.PapernotPairs ? 2 : 1;
        return image.Gradients(victim, point, losses, (row, scores, gradient) =>
        {
            if (Variant == JsmaVariant.FoolboxFast)
            {
                CrossEntropy.Direction(scores, target, gradient);
                return;
            }

            gradient.Fill(row);
            gradient[target] = 1 - row;
        });
    }

    int[] Choose(Tensor gradients, float[] point, bool[] allowed) => Variant switch
    {
        JsmaVariant.PapernotPairs => Saliency.Pair(Effect(gradients.Row(0), point), Effect(gradients.Row(1), point), allowed),
        JsmaVariant.FoolboxFast => Saliency.Largest(Scaled(gradients.Row(0), -Step), allowed),
        _ => Saliency.LargestTwo(Scaled(gradients.Row(0), Step), allowed),
    };

    /// <summary>The first-order effect of a step at each pixel, with clipping: an almost white pixel hardly rises.</summary>
    double[] Effect(ReadOnlySpan<float> gradient, float[] point)
    {
        double[] effect = new double[gradient.Length];
        for (int i = 0; i < effect.Length; i++)
            effect[i] = gradient[i] * ((double)Moved(point[i]) - point[i]);
        return effect;
    }

    float Moved(float pixel) => (float)Math.Clamp(pixel + Step, 0, 1);

    static double[] Scaled(ReadOnlySpan<float> gradient, double factor)
    {
        double[] scaled = new double[gradient.Length];
        for (int i = 0; i < scaled.Length; i++)
            scaled[i] = factor * gradient[i];
        return scaled;
    }
}
