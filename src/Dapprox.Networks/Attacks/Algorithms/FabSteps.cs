using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Measurement;

namespace Dapprox.Networks.Attacks.Algorithms;

/// <summary>The steps of FAB on one image. (Croce, Hein 2020, "Minimally distorted …"; the equations are of that paper.)</summary>
sealed class FabSteps(IGradientVictim victim, AttackedImage image, Fab options)
{
    const int SearchSteps = 3;

    /// <summary>The image, or a random point at a distance from it, clipped.</summary>
    public float[] Start(int run, int start, double distance)
    {
        float[] point = image.Clean.ToArray();
        if (start == 0)
            return point;
        CounterRandom random = image.Random((ulong)run);
        float[] direction = new float[point.Length];
        foreach (ref float component in direction.AsSpan())
            component = options.BallNorm == Norm.LInf ? random.NextSingle(-1, 1) : (float)random.NextNormal();
        double length = Vectors.Length(direction, options.BallNorm);
        for (int i = 0; i < point.Length; i++)
            point[i] = (float)Math.Clamp(point[i] + distance * direction[i] / length, 0, 1);
        return point;
    }

    /// <summary>The next point; null with the reason if no boundary has a gradient.</summary>
    public async Task<(float[]? Next, StopReason Reason)> Step(float[] point, int[] classes)
    {
        (float[] scores, Tensor gradients) = await image.Gradients(victim, point, classes.Length, (row, logits, gradient) =>
            MarginLoss.Difference(classes[row], Unwanted(logits), gradient));
        if (!Array.TrueForAll(scores, float.IsFinite) || !Array.TrueForAll(gradients.Data, float.IsFinite))
            return (null, StopReason.NonFinite);

        int row = -1;
        double min = double.PositiveInfinity, lead = 0;
        for (int i = 0; i < classes.Length; i++)
        {
            // The distance to a hyperplane is |f| divided by the dual norm of its normal. (Equation 7.)
            double norm = Vectors.DualLength(gradients.Row(i), options.BallNorm);
            double difference = (double)scores[classes[i]] - scores[Unwanted(scores)];
            if (norm > 0 && Math.Abs(difference) / norm < min)
                (row, min, lead) = (i, Math.Abs(difference) / norm, difference);
        }

        if (row < 0)
            return (null, StopReason.ZeroGradient);
        return (Biased(image.Clean, point, gradients.Row(row), lead), StopReason.BudgetSpent);
    }

    int Unwanted(ReadOnlySpan<float> logits) =>
        image.IsTargeted ? MarginLoss.RunnerUp(logits, image.Class) : image.Class;

    /// <summary>The convex combination of the steps from the point and from the image to the boundary. (Equations 8 and 9.)</summary>
    float[] Biased(ReadOnlySpan<float> clean, ReadOnlySpan<float> point, ReadOnlySpan<float> normal, double lead)
    {
        double leadOfImage = lead;
        for (int i = 0; i < clean.Length; i++)
            leadOfImage += normal[i] * ((double)clean[i] - point[i]);
        double[] fromPoint = BoxProjection.Step(point, normal, lead, options.BallNorm);
        double[] fromImage = BoxProjection.Step(clean, normal, leadOfImage, options.BallNorm);
        double way = Length(fromPoint), wayOfImage = Length(fromImage);
        double bias = way + wayOfImage == 0 ? 0 : Math.Min(way / (way + wayOfImage), options.MaxBias);
        float[] next = new float[point.Length];
        for (int i = 0; i < next.Length; i++)
        {
            double moved = (1 - bias) * (point[i] + options.Overshoot * fromPoint[i])
                + bias * (clean[i] + options.Overshoot * fromImage[i]);
            next[i] = (float)Math.Clamp(moved, 0, 1);
        }

        return next;
    }

    double Length(double[] step) => options.BallNorm switch
    {
        Norm.L1 => step.Sum(Math.Abs),
        Norm.L2 => Math.Sqrt(step.Sum(x => x * x)),
        _ => step.Max(Math.Abs),
    };

    /// <summary>Searches for the boundary between an adversarial point and the image, with linearised logits. (Equation 10.)</summary>
    public async Task Search(float[] adversarial)
    {
        float[] outside = image.Clean.ToArray();
        double above = Lead(await image.Logits(victim, adversarial)), below = Lead(await image.Logits(victim, outside));
        for (int step = 0; step < SearchSteps && above > below; step++)
        {
            float[] middle = Between(outside, adversarial, -below / (above - below));
            float[] logits = await image.Logits(victim, middle);
            if (image.IsReached(logits))
                (adversarial, above) = (middle, Lead(logits));
            else
                (outside, below) = (middle, Lead(logits));
        }

        // The lead of the target or of the largest wrong class: at least 0 if the attack has succeeded.
        double Lead(float[] logits) => -image.Direction * Scores.Margin(logits, image.Class);
    }

    /// <summary>The point at a fraction of the way from one point to another, clipped.</summary>
    public static float[] Between(ReadOnlySpan<float> from, ReadOnlySpan<float> to, double fraction)
    {
        float[] point = new float[from.Length];
        for (int i = 0; i < point.Length; i++)
            point[i] = (float)Math.Clamp(from[i] + fraction * ((double)to[i] - from[i]), 0, 1);
        return point;
    }
}
