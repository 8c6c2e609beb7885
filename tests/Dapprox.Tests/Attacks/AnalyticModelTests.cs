using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Attacks;

/// <summary>
/// What CleverHans (Papernot et al., technical report arXiv:1610.00768) asserts of its attacks, on its analytic model:
/// two features, two logistic units, two logits. Its features are standard normal; here they are 10·pixel − 5.
/// </summary>
public class AnalyticModelTests
{
    const int Count = 100;
    const double Scale = 10;

    internal static readonly RowVictim Victim = new([1, 1, 2], 2, Logits, Gradient);

    static readonly Lazy<(float[] Point, int Label)[]> Grid = new(() =>
    [
        .. from i in Enumerable.Range(0, 401)
           from j in Enumerable.Range(0, 401)
           let point = (float[])[i / 400f, j / 400f]
           select (point, Scores.Label(Logits(point))),
    ]);

    readonly Tensor images;
    readonly int[] labels;

    public AnalyticModelTests()
    {
        images = Images();
        labels = Victim.Labels(images);
    }

    internal static Tensor Images()
    {
        Tensor images = Tensor.Zeros(Count, 1, 1, 2);
        var random = new CounterRandom(3);
        foreach (ref float pixel in images.Data.AsSpan())
            pixel = (float)Math.Clamp((random.NextNormal() + 5) / Scale, 0, 1);
        return images;
    }

    /// <summary>How far the nearest point of the other class is among 401×401 points of the square.</summary>
    internal static double Nearest(ReadOnlySpan<float> image, Norm norm)
    {
        int label = Scores.Label(Logits(image.ToArray()));
        double nearest = double.PositiveInfinity;
        foreach ((float[] point, int its) in Grid.Value)
        {
            if (its != label)
                nearest = Math.Min(nearest, Distances.Between(image, point).In(norm));
        }

        return nearest;
    }

    [Fact]
    public void Fgsm_FoolsMoreThanHalf() => Assert.InRange(Success(new Fgsm(0.5 / Scale)), 0.5, 1);

    // There the target is drawn at random, and half of the images are of that class already.
    [Fact]
    public void Fgsm_Targeted_EndsInTheTargetInMoreThanSevenOfTenWithRandomTargets() =>
        Assert.InRange((1 + Success(new Fgsm(0.5 / Scale), Array.ConvertAll(labels, label => 1 - label))) / 2, 0.7, 1);

    [Fact]
    public void Fgsm_BudgetZero_ChangesNothing() =>
        Assert.Equal(images.Data, Run(new Fgsm(0)).SelectMany(record => record.Adversarial));

    [Fact]
    public void Pgd_FoolsAtLeastNineTenthsOfWhatAnyPointOfTheBallFools()
    {
        bool[] possible = Enumerable.Range(0, Count).Select(i => AnyPointFools(images.Row(i).ToArray(), labels[i], 1 / Scale)).ToArray();

        AttackRecord[] records = Run(Pgd.Foolbox24 with { Epsilon = 1 / Scale, Steps = 20, StepSize = 0.1 / Scale });

        int fooled = records.Count(record => record.Success);
        Assert.InRange(possible.Count(fools => fools), Count / 2, Count);
        Assert.True(fooled >= 0.9 * possible.Count(fools => fools), $"{fooled} of {possible.Count(fools => fools)}");
    }

    // Ten steps of 0.01 go 0.1 far, whatever the budget and whatever ran before.
    [Fact]
    public void Pgd_StepsThatDoNotReachTheBallsEdge_DoNot()
    {
        Run(Pgd.Foolbox24 with { Epsilon = 0.5 / Scale });
        AttackRecord[] records = Run(Pgd.Foolbox24 with { Epsilon = 0.5 / Scale, Steps = 10, StepSize = 0.01 / Scale });

        Assert.InRange(records.Max(record => record.Distances.LInf), 0.09 / Scale, 0.1001 / Scale);
    }

    [Fact]
    public void Pgd_MoreSteps_AreMade()
    {
        Assert.All(Run(Pgd.Foolbox24 with { Epsilon = 0.5 / Scale, Steps = 3 }), record => Assert.Equal(3, record.GradientCalls));
        Assert.All(Run(Pgd.Foolbox24 with { Epsilon = 0.5 / Scale, Steps = 7 }), record => Assert.Equal(7, record.GradientCalls));
    }

    double Success(IAttack<IGradientVictim> attack, int[]? targets = null) =>
        AttackRunner.Run(attack, Victim, images, labels, 1, targets).Count(record => record.Success) / (double)Count;

    AttackRecord[] Run(IAttack<IGradientVictim> attack) => AttackRunner.Run(attack, Victim, images, labels, 1);

    static bool AnyPointFools(float[] image, int label, double epsilon)
    {
        const int Half = 20;
        for (int i = -Half; i <= Half; i++)
        {
            for (int j = -Half; j <= Half; j++)
            {
                float[] point = [(float)(image[0] + i * epsilon / Half), (float)(image[1] + j * epsilon / Half)];
                if (Array.TrueForAll(point, pixel => pixel is >= 0 and <= 1) && Scores.Label(Logits(point)) != label)
                    return true;
            }
        }

        return false;
    }

    static double[] Hidden(float[] image)
    {
        double x = Scale * image[0] - 5, y = Scale * image[1] - 5;
        return [Sigmoid(1.5 * x - 2 * y), Sigmoid(0.3 * x + 0.3 * y)];
    }

    static float[] Logits(float[] image)
    {
        double[] hidden = Hidden(image);
        return [(float)(-2.4 * hidden[0] + 0.5 * hidden[1]), (float)(1.2 * hidden[0] - 2.3 * hidden[1])];
    }

    static float[] Gradient(float[] image, float[] back)
    {
        double[] hidden = Hidden(image);
        double first = (-2.4 * back[0] + 1.2 * back[1]) * hidden[0] * (1 - hidden[0]);
        double second = (0.5 * back[0] - 2.3 * back[1]) * hidden[1] * (1 - hidden[1]);
        return [(float)(Scale * (1.5 * first + 0.3 * second)), (float)(Scale * (-2 * first + 0.3 * second))];
    }

    static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
