using CsCheck;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Attacks;

public class FabTests
{
    sealed record Plane(float[] Image, float[] Normal, double Offset, Norm Norm);

    static readonly Gen<Plane> Planes =
        from length in Gen.Int[1, 12]
        from image in Gen.OneOf(Gen.Float[0, 1], Gen.OneOf(0f, 1f)).Array[length]
        from normal in Gen.OneOf(Gen.Float[-1, 1], Gen.OneOf(0f, 1f, -1f, 1e-6f, 1e6f)).Array[length]
        from offset in Gen.OneOf(Gen.Double[-3, 3], Gen.OneOf(0.0, 1e-9, 1e9))
        from norm in Gen.OneOf(Norm.L1, Norm.L2, Norm.LInf)
        select new Plane(image, normal, offset, norm);

    // The optimality conditions: each pixel moves as the multiplier λ says, until its bound; λ here by bisection.
    [Fact]
    public void BoxProjection_IsTheNearestPointOfTheHyperplaneInTheBox() => Planes.Where(plane => plane.Norm != Norm.L1).Sample(plane =>
    {
        double[] step = BoxProjection.Step(plane.Image, plane.Normal, plane.Offset, plane.Norm);

        double low = 0, high = 1e60;
        for (int i = 0; i < 500; i++)
        {
            double middle = low < 1e-30 ? high / 1e3 : Math.Sqrt(low * high);
            middle = high < 1e-25 ? (low + high) / 2 : middle;
            if (Value(plane, Move(plane, middle)) * Math.Sign(plane.Offset) > 0)
                low = middle;
            else
                high = middle;
        }

        double[] expected = plane.Offset == 0 ? new double[step.Length] : Move(plane, high);
        for (int i = 0; i < step.Length; i++)
        {
            Assert.InRange(plane.Image[i] + step[i], -1e-12, 1 + 1e-12);
            Assert.Equal(expected[i], step[i], 1e-6);
        }

        double scale = plane.Normal.Max(Math.Abs) + Math.Abs(plane.Offset);
        bool reachable = Value(plane, Move(plane, 1e60)) * Math.Sign(plane.Offset) <= 0;
        if (reachable)
            Assert.Equal(0, Value(plane, step), 1e-9 * scale);
    }, iter: 1000, threads: 1);

    // In L1 the pixels with the largest weights move, and no other moves before they are at their bounds. The length is that for an offset
    // within the rounding of the sums: where the last pixel's weight is tiny, that alone decides how far it moves.
    [Fact]
    public void BoxProjection_InL1_MovesTheLargestWeightsFirst() => Planes.Where(plane => plane.Norm == Norm.L1).Sample(plane =>
    {
        double[] step = BoxProjection.Step(plane.Image, plane.Normal, plane.Offset, plane.Norm);

        double scale = plane.Normal.Max(Math.Abs) + Math.Abs(plane.Offset), rounding = step.Length * 1e-15 * scale;
        double sign = Math.Sign(plane.Offset);
        double[] farthest = AlongThePath(plane, plane.Offset + sign * rounding);
        double[] nearest = AlongThePath(plane, plane.Offset - sign * rounding);
        Assert.InRange(Length(step, Norm.L1), Length(nearest, Norm.L1) - 1e-6, Length(farthest, Norm.L1) + 1e-6);
        if (Value(plane, farthest) * sign <= 0)
            Assert.Equal(0, Value(plane, step), 1e-9 * scale);
    }, iter: 1000, threads: 1);

    /// <summary>The pixels in the order of their weights to their bounds, until a function of this offset is zero.</summary>
    static double[] AlongThePath(Plane plane, double offset)
    {
        double[] at = new double[plane.Image.Length];
        if (offset * plane.Offset <= 0)
            return at;
        double value = offset;
        foreach (int i in Enumerable.Range(0, at.Length).Where(i => plane.Normal[i] != 0).OrderByDescending(i => Math.Abs(plane.Normal[i])))
        {
            double bound = plane.Normal[i] > 0 == plane.Offset < 0 ? 1.0 - plane.Image[i] : -plane.Image[i];
            at[i] = (value + plane.Normal[i] * bound) * plane.Offset <= 0 ? -value / plane.Normal[i] : bound;
            value += plane.Normal[i] * at[i];
            if (at[i] != bound)
                break;
        }

        return at;
    }

    // Independent of the optimality conditions: no other point of the hyperplane in the box is nearer.
    [Fact]
    public void BoxProjection_NoOtherPointIsNearer() => Gen.Select(Planes, Gen.ULong).Sample((plane, seed) =>
    {
        double[] step = BoxProjection.Step(plane.Image, plane.Normal, plane.Offset, plane.Norm);
        var random = new CounterRandom(seed);
        for (int other = 0; other < 20; other++)
        {
            // On the way from this point to a random one of the box, at the place where it is on the hyperplane.
            double[] from = plane.Image.Select(pixel => random.NextDouble() - pixel).ToArray();
            double[] to = plane.Image.Select(pixel => random.NextDouble() - pixel).ToArray();
            double a = Value(plane, from), b = Value(plane, to);
            if (a * b >= 0)
                continue;
            double share = a / (a - b);
            double[] point = from.Zip(to, (x, y) => x + share * (y - x)).ToArray();
            Assert.True(Length(point, plane.Norm) >= Length(step, plane.Norm) - 1e-9);
        }
    }, iter: 2000, threads: 1);

    [Fact]
    public void Run_WithEpsilon_StopsAtTheFirstSuccessWithinIt()
    {
        var model = new LinearModel(9, 3);
        double furthest = Enumerable.Range(0, model.Labels.Length).Max(i => model.Distance(model.Image(i), Norm.L2));

        AttackRecord[] records = AttackRunner.Run(
            new Fab { BallNorm = Norm.L2, Epsilon = 1.06 * furthest }, model.Victim, model.Images, model.Labels, 1);

        // One step: two gradients, and the scores after it.
        Assert.All(records, record => Assert.Equal((true, 3, 2), (record.Success, record.Queries, record.GradientCalls)));
    }

    [Fact]
    public void Run_EpsilonTooSmall_IsNoSuccessThoughAdversarialImagesWereFound()
    {
        var model = new LinearModel(9, 3);
        double nearest = Enumerable.Range(0, model.Labels.Length).Min(i => model.Distance(model.Image(i), Norm.LInf));

        AttackRecord[] records = AttackRunner.Run(
            new Fab { Epsilon = 0.99 * nearest, Steps = 10 }, model.Victim, model.Images, model.Labels, 1);

        Assert.All(records, record => Assert.Equal((false, StopReason.BudgetSpent), (record.Success, record.Reason)));
    }

    [Fact]
    public void Run_Restarts_BeginElsewhereEachTime()
    {
        var starts = new List<float[]>();
        var victim = new RowVictim([1, 1, 2], 2, _ => [1, 0], (image, _) =>
        {
            starts.Add(image);
            return [0, 0];
        });

        AttackRunner.Run(new Fab { Restarts = 4, Radius = 0.5 }, victim, new Tensor([0.5f, 0.5f], 1, 1, 1, 2), [0], 1);

        Assert.Equal([0.5f, 0.5f], starts[0]);
        Assert.Equal(4, starts.Select(start => (start[0], start[1])).Distinct().Count());
        Assert.All(starts.Skip(1), start => Assert.Equal(0.25, Distances.Between([0.5f, 0.5f], start).LInf, 1e-6));
    }

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Fab { BallNorm = Norm.L0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Fab { Epsilon = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Fab { Radius = double.NaN });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Fab { Steps = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Fab { Restarts = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Fab { Targets = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Fab { MaxBias = 1.1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Fab { Backward = -0.1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Fab { Overshoot = 0 });
    }

    static double[] Move(Plane plane, double lambda) => plane.Image.Zip(plane.Normal, (pixel, w) =>
    {
        double move = -Math.Sign(plane.Offset) * lambda * (plane.Norm == Norm.LInf ? Math.Sign(w) : (double)w);
        return Math.Clamp(pixel + move, 0, 1) - pixel;
    }).ToArray();

    static double Value(Plane plane, double[] step) => plane.Offset + plane.Normal.Zip(step, (w, s) => w * s).Sum();

    static double Length(double[] step, Norm norm) => norm switch
    {
        Norm.L1 => step.Sum(Math.Abs),
        Norm.L2 => Math.Sqrt(step.Sum(s => s * s)),
        _ => step.Max(Math.Abs),
    };
}
