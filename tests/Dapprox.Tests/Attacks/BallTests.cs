using CsCheck;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Geometry;
using Xunit;

namespace Dapprox.Tests.Attacks;

public class BallTests
{
    static readonly Gen<(float[] Centre, float[] Image, Norm Norm, double Epsilon)> Cases =
        from length in Gen.Int[1, 30]
        from centre in Gen.OneOf(Gen.Float[0, 1], Gen.OneOf(0f, 1f, 1e-30f, 0.5f)).Array[length]
        from image in Gen.OneOf(Gen.Float[-1, 2], Gen.Float[0, 1], Gen.OneOf(0f, 1f, -1e6f, 1e6f)).Array[length]
        from norm in Gen.OneOf(Norm.L1, Norm.L2, Norm.LInf)
        from epsilon in SmallNetwork.Epsilons
        select (centre, image, norm, epsilon);

    [Fact]
    public void Project_LandsInsideToTheLastBit() => Cases.Sample((centre, image, norm, epsilon) =>
    {
        Ball.Around(centre, norm, epsilon).Project(image);

        Assert.All(image, pixel => Assert.InRange(pixel, 0f, 1f));
        Assert.True(Distances.Between(centre, image).In(norm) <= epsilon);
    }, iter: 5000, threads: 1);

    [Fact]
    public void Project_Inside_IsTheIdentity() => Cases.Sample((centre, image, norm, epsilon) =>
    {
        var ball = Ball.Around(centre, norm, epsilon);
        ball.Project(image);
        float[] once = (float[])image.Clone();

        ball.Project(image);

        Assert.Equal(once, image);
    }, iter: 2000, threads: 1);

    // Beyond, ε overflows on the way, and no image is that far away.
    [Theory]
    [InlineData(-0.1)]
    [InlineData(1000.1)]
    [InlineData(1e308)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NaN)]
    public void Checked_NoRadiusOfImages_IsRefusedWithWhatWasGiven(double epsilon) => Assert.StartsWith(
        $"ε is {epsilon}; it lies between 0 and 1000.",
        Assert.Throws<ArgumentOutOfRangeException>(() => new Apgd(epsilon)).Message, StringComparison.Ordinal);

    [Fact]
    public void Checked_TheLargestRadius_IsAllowed() => Assert.Equal(1000, new Pgd(1000).Epsilon);

    // L2: towards the centre, to the sphere, when [0, 1] is not in the way.
    [Fact]
    public void Project_OutsideTheL2Ball_GoesStraightToItsSurface()
    {
        float[] image = [0.5f, 0.9f, 0.8f];

        Ball.Around([0.5f, 0.5f, 0.5f], Norm.L2, 0.25).Project(image);

        Assert.Equal([0.5f, 0.7f, 0.65f], image, (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Theory]
    [InlineData(Norm.L1)]
    [InlineData(Norm.L2)]
    [InlineData(Norm.LInf)]
    public void Draw_IsUniformInTheBall(Norm norm)
    {
        const int Draws = 20_000, Dimensions = 3;
        // Five standard deviations of a share of one half.
        const double Tolerance = 5 * 0.5 / 141;
        const double Epsilon = 0.4;
        float[] centre = [0.5f, 0.5f, 0.5f];
        var ball = Ball.Around(centre, norm, Epsilon);
        var random = new CounterRandom(11);
        double median = Epsilon * Math.Pow(0.5, 1.0 / Dimensions);
        int near = 0;
        int[] octants = new int[1 << Dimensions];
        for (int draw = 0; draw < Draws; draw++)
        {
            float[] point = new float[Dimensions];
            ball.Draw(ref random, point);
            near += Distances.Between(centre, point).In(norm) <= median ? 1 : 0;
            octants[(point[0] > 0.5f ? 1 : 0) + (point[1] > 0.5f ? 2 : 0) + (point[2] > 0.5f ? 4 : 0)]++;
        }

        Assert.Equal(0.5, near / (double)Draws, Tolerance);
        Assert.All(octants, count => Assert.Equal(1.0 / octants.Length, count / (double)Draws, Tolerance));
    }

    // Independent of the way it is computed: no other point of the ball and [0, 1] is nearer to what was projected.
    [Fact]
    public void Project_L1_NoOtherPointOfTheBallIsNearer()
    {
        Gen<float> pixels = Gen.OneOf(Gen.Float[0, 1], Gen.OneOf(0f, 1f, 0.5f));
        Gen.Select(pixels.Array[1, 8], Gen.Float[-1, 2].Array[8], Gen.Double[0.01, 2], Gen.ULong).Sample((centre, far, epsilon, seed) =>
        {
            float[] image = far[..centre.Length], projected = (float[])image.Clone();
            var ball = Ball.Around(centre, Norm.L1, epsilon);
            var random = new CounterRandom(seed);

            ball.Project(projected);

            double distance = Distances.Between(image, projected).L2;
            for (int other = 0; other < 30; other++)
            {
                float[] drawn = new float[centre.Length];
                ball.Draw(ref random, drawn);
                // Near the projection, where a nearer point would have to be, as well as anywhere.
                double share = other % 2 == 0 ? 1 : 1e-3;
                float[] point = [.. projected.Zip(drawn, (a, b) => (float)(a + share * (b - a)))];
                Assert.True(Distances.Between(image, point).L2 >= distance - 1e-5);
            }
        }, iter: 2000, threads: 1);
    }

    // The step of ℓ1-APGD, to the pixels with the largest gradients.
    [Fact]
    public void Step_L1_IsDividedAmongThePixelsThatMove()
    {
        float[] image = [0.5f, 0.5f, 0.5f, 0.5f];

        new L1Ball(image, 1) { Moved = 2 }.Step(image, [0.1f, -3, 0.2f, 1], 0.4);

        Assert.Equal([0.5f, 0.3f, 0.5f, 0.7f], image, (a, b) => Math.Abs(a - b) < 1e-6);
    }

    // Of all steps of a length, it raises a linear loss most: by the dual norm. (CleverHans' tests of optimize_linear.)
    [Fact]
    public void Step_RaisesALinearLossByTheDualNorm()
    {
        Gen<float[]> gradients = Gen.OneOf(Gen.Float[-1, 1], Gen.OneOf(0f, 1f, -1f)).Array[1, 20];
        Gen.Select(gradients, Gen.OneOf(Norm.L1, Norm.L2, Norm.LInf), Gen.Double[-0.4, 0.4]).Sample((gradient, norm, length) =>
        {
            double dual = norm switch
            {
                Norm.L1 => gradient.Max(Math.Abs),
                Norm.L2 => Math.Sqrt(gradient.Sum(g => (double)g * g)),
                _ => gradient.Sum(g => Math.Abs((double)g)),
            };
            if (dual == 0)
                return;
            float[] image = Enumerable.Repeat(0.5f, gradient.Length).ToArray(), before = (float[])image.Clone();

            Ball.Around(before, norm, 1).Step(image, gradient, length);

            double raised = gradient.Zip(image.Zip(before, (a, b) => (double)a - b), (g, step) => g * step).Sum();
            Assert.Equal(length * dual, raised, 1e-6 * gradient.Length);
            Assert.Equal(Math.Abs(length), Distances.Between(before, image).In(norm), 1e-6);
        }, iter: 2000, threads: 1);
    }
}
