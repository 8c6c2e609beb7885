using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Networks.Attacks.Algorithms;

/// <summary>
/// SurFree: goes from a boundary point towards the image along circles in random planes, without an estimate of the gradient. Every point
/// of a circle is nearer than the boundary point, so any that is adversarial is progress. (Maho, Furon, Le Merrer, "SurFree: A Fast
/// Surrogate-Free Black-Box Attack", CVPR 2021, algorithm 1.)
/// </summary>
/// <remarks>
/// Differences from the paper: the directions are normal in the low frequencies, not weighted by the spectrum of the image; of a circle the
/// angles are refined by bisection only, without interpolation.
/// </remarks>
public sealed record SurFree : IAttack<ILabelVictim>
{
    // θmax, its change after each direction (κ), the angles tried on either side (T), and the queries of a bisection.
    const double FirstAngle = 30, Adaptation = 0.02;
    const int Angles = 3, Bisections = 7;

    // Earlier directions to which a new one is orthogonal.
    const int MaxRemembered = 100;

    const double StartTolerance = 1e-3;
    const int NoiseDraws = 1000;
    const ulong DirectionPurpose = 7UL << 32;

    /// <inheritdoc/>
    public string Name => "surfree";

    /// <summary>L2.</summary>
    public Norm Norm => Norm.L2;

    /// <summary>None: the attack searches for the nearest adversarial image.</summary>
    public double? Epsilon => null;

    /// <summary>The number of random directions; at least 1.</summary>
    public int Steps { get; init => field = Legal.AtLeast(1, value, nameof(Steps)); } = 1000;

    /// <summary>The part of the spatial frequencies that directions have, the lowest in each direction; above 0 and at most 1.</summary>
    public double Frequencies { get; init => field = Legal.Within(1, value, nameof(Frequencies)); } = 0.5;

    /// <summary>
    /// Images that may be adversarial. An untargeted attack tries them if no noise is adversarial; a targeted attack tries them
    /// first.
    /// </summary>
    public IReadOnlyList<float[]> Starts { get; init => field = GivenImages.Checked(value, nameof(Starts)); } = new GivenImages([]);

    /// <summary>
    /// The number of adversarial noise images that are blended with the image; the nearest blend is the start; at least 1.
    /// </summary>
    public int StartBlends { get; init => field = Legal.AtLeast(1, value, nameof(StartBlends)); } = 10;

    /// <inheritdoc/>
    public async Task<StopReason> Run(ILabelVictim victim, AttackedImage image)
    {
        if (await DecisionStart.Find(victim, image, Norm, Starts, StartBlends, NoiseDraws) is not float[] point)
            return StopReason.NoStart;
        point = await DecisionStart.Nearer(victim, image, point, Norm, StartTolerance);
        var frequencies = new LowFrequencies(image.Shape, Frequencies);
        var earlier = new Queue<double[]>();
        double widest = FirstAngle;
        for (int step = 0; step < Steps; step++)
        {
            if (Circle.Through(image.Clean, point, Direction(image, frequencies, step), earlier) is not Circle circle)
                continue;
            if (await Adversarial(victim, image, circle, widest) is double angle)
            {
                double best = await Widest(victim, image, circle, angle, widest / Angles);
                point = circle.At(image.Clean, best);
                widest *= 1 + Adaptation;
            }
            else
                widest *= 1 - Adaptation;
            widest = Math.Min(widest, 90);
            earlier.Enqueue(circle.Sideways);
            if (earlier.Count > Math.Min(MaxRemembered, frequencies.Dimensions / 2))
                earlier.Dequeue();
            image.Progress = (step + 1.0) / Steps;
        }

        return StopReason.BudgetSpent;
    }

    static float[] Direction(AttackedImage image, LowFrequencies frequencies, int step)
    {
        CounterRandom random = image.Random(DirectionPurpose + (ulong)step);
        float[] direction = new float[image.Clean.Length];
        frequencies.Fill(ref random, direction);
        return direction;
    }

    /// <summary>An adversarial angle in degrees: the widest first, on either side; null if none is.</summary>
    static async Task<double?> Adversarial(ILabelVictim victim, AttackedImage image, Circle circle, double widest)
    {
        for (int i = Angles; i > 0; i--)
        {
            foreach (double angle in (double[])[widest * i / Angles, -widest * i / Angles])
            {
                if (image.IsReached(await image.Label(victim, circle.At(image.Clean, angle))))
                    return angle;
            }
        }

        return null;
    }

    /// <summary>The widest angle by bisection beyond an adversarial one.</summary>
    static async Task<double> Widest(ILabelVictim victim, AttackedImage image, Circle circle, double adversarial, double beyond)
    {
        double low = adversarial, high = Math.CopySign(Math.Min(Math.Abs(adversarial) + beyond, 90), adversarial);
        for (int i = 0; i < Bisections; i++)
        {
            double middle = (low + high) / 2;
            if (image.IsReached(await image.Label(victim, circle.At(image.Clean, middle))))
                low = middle;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>The circle whose diameter joins the image and a boundary point, in the plane of a direction.</summary>
    /// <param name="Outwards">From the image to the boundary point, of unit length.</param>
    /// <param name="Sideways">The direction, orthogonal to the first, of unit length.</param>
    /// <param name="Distance">The distance of the boundary point.</param>
    sealed record Circle(double[] Outwards, double[] Sideways, double Distance)
    {
        // Shorter, what is left of a direction is rounding.
        const double MinLength = 1e-6;

        /// <summary>The circle; null if the direction lies in the span of the others.</summary>
        /// <param name="clean">The image.</param>
        /// <param name="point">The boundary point.</param>
        /// <param name="direction">Any direction.</param>
        /// <param name="earlier">Directions of unit length to which it is made orthogonal as well.</param>
        public static Circle? Through(ReadOnlySpan<float> clean, float[] point, float[] direction, IEnumerable<double[]> earlier)
        {
            double[] outwards = new double[point.Length];
            for (int i = 0; i < outwards.Length; i++)
                outwards[i] = (double)point[i] - clean[i];
            double distance = Length(outwards), drawn = Vectors.Norm2(direction);
            if (distance == 0 || drawn == 0)
                return null;
            double[] outer = Array.ConvertAll(outwards, component => component / distance);
            double[] sideways = Array.ConvertAll(direction, component => component / drawn);
            // The outward direction last, because only that orthogonality must be exact.
            foreach (double[] other in earlier.Append(outer))
                Remove(other, sideways);
            double length = Length(sideways);
            return length < MinLength ? null : new Circle(outer, Array.ConvertAll(sideways, component => component / length), distance);
        }

        /// <summary>x + d·cos θ·(u·cos θ + v·sin θ), clipped to [0, 1]; its distance is at most d·cos θ.</summary>
        /// <param name="clean">The image, x.</param>
        /// <param name="degrees">θ; 0 is the boundary point, 90 the image.</param>
        public float[] At(ReadOnlySpan<float> clean, double degrees)
        {
            (double sine, double cosine) = Math.SinCos(degrees * Math.PI / 180);
            float[] point = new float[clean.Length];
            for (int i = 0; i < point.Length; i++)
                point[i] = (float)Math.Clamp(clean[i] + Distance * cosine * (Outwards[i] * cosine + Sideways[i] * sine), 0, 1);
            return point;
        }

        static void Remove(double[] unit, double[] vector)
        {
            double along = 0;
            for (int i = 0; i < vector.Length; i++)
                along += unit[i] * vector[i];
            for (int i = 0; i < vector.Length; i++)
                vector[i] -= along * unit[i];
        }

        static double Length(double[] vector) => Math.Sqrt(vector.Sum(component => component * component));
    }
}
