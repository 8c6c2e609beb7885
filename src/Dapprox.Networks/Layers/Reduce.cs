namespace Dapprox.Networks.Layers;

/// <summary>What becomes of the numbers x along some dimensions.</summary>
public enum Reduction
{
    /// <summary>Σ x / n.</summary>
    Mean,

    /// <summary>Σ x.</summary>
    Sum,

    /// <summary>The largest; its gradient goes to the first of several.</summary>
    Max,

    /// <summary>The smallest; its gradient goes to the first of several.</summary>
    Min,

    /// <summary>Π x.</summary>
    Product,

    /// <summary>Σ |x|.</summary>
    L1,

    /// <summary>√Σ x².</summary>
    L2,

    /// <summary>Σ x².</summary>
    SumSquare,

    /// <summary>log Σ x.</summary>
    LogSum,

    /// <summary>log Σ eˣ, computed from the largest on.</summary>
    LogSumExp,

    /// <summary>The index of the largest along one dimension, of the first of several; its gradient is 0.</summary>
    ArgMax,

    /// <summary>The index of the smallest along one dimension, of the first of several; its gradient is 0.</summary>
    ArgMin,
}

/// <summary>A reduction over some of the dimensions of each image, summed in binary64.</summary>
public sealed class Reduce : Layer
{
    readonly Reduction reduction;
    readonly int[] axes;
    readonly bool keep;
    readonly int[] shape;
    readonly int[] places;
    readonly float count;

    /// <summary>Creates the layer.</summary>
    /// <param name="name">The name inside the network.</param>
    /// <param name="reduction">What becomes of the numbers.</param>
    /// <param name="input">The dimensions of one image of the input.</param>
    /// <param name="axes">The dimensions to reduce, from 0; one alone if the result is an index.</param>
    /// <param name="keep">Whether they stay in the shape with length 1.</param>
    /// <exception cref="ArgumentException">An index is wanted along several dimensions.</exception>
    public Reduce(string name, Reduction reduction, int[] input, IReadOnlyCollection<int> axes, bool keep)
        : base(name)
    {
        if (reduction is Reduction.ArgMax or Reduction.ArgMin && axes.Count != 1)
            throw new ArgumentException($"An index along {axes.Count} dimensions.", nameof(axes));
        this.reduction = reduction;
        this.axes = [.. axes];
        this.keep = keep;
        int[] kept = [.. input.Select((dimension, axis) => axes.Contains(axis) ? 1 : dimension)];
        shape = keep ? kept : [.. kept.Where((_, axis) => !axes.Contains(axis))];
        count = Tensor.Count(input) / Math.Max(1, Tensor.Count(kept));
        places = new int[Tensor.Count(input)];
        for (int i = 0; i < places.Length; i++)
        {
            for (int axis = input.Length - 1, rest = i, stride = 1; axis >= 0; rest /= input[axis], stride *= kept[axis], axis--)
                places[i] += rest % input[axis] % kept[axis] * stride;
        }
    }

    internal override bool IsHomogeneous =>
        reduction is Reduction.Mean or Reduction.Sum or Reduction.Max or Reduction.Min or Reduction.L1 or Reduction.L2;

    internal (Reduction Reduction, int[] Axes, bool Keep) Definition => (reduction, axes, keep);

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, int threads)
    {
        Tensor output = Tensor.Unfilled([input.Batch, .. shape]);
        double[] sums = new double[output.RowLength];
        for (int image = 0; image < input.Batch; image++)
        {
            ReadOnlySpan<float> from = input.Row(image);
            Span<float> to = output.Row(image);
            if (reduction is Reduction.ArgMax or Reduction.ArgMin)
            {
                FindExtremes(from, to);
                continue;
            }

            float[] largest = reduction == Reduction.LogSumExp ? Largest(from, to.Length) : [];
            Array.Fill(sums, reduction switch
            {
                Reduction.Max => double.NegativeInfinity,
                Reduction.Min => double.PositiveInfinity,
                Reduction.Product => 1,
                _ => 0,
            });
            for (int i = 0; i < places.Length; i++)
            {
                double x = from[i];
                ref double sum = ref sums[places[i]];
                sum = reduction switch
                {
                    Reduction.Max => Math.Max(sum, x),
                    Reduction.Min => Math.Min(sum, x),
                    Reduction.Product => sum * x,
                    Reduction.L1 => sum + Math.Abs(x),
                    Reduction.L2 or Reduction.SumSquare => sum + x * x,
                    Reduction.LogSumExp => sum + Math.Exp(x - largest[places[i]]),
                    _ => sum + x,
                };
            }

            for (int i = 0; i < to.Length; i++)
            {
                to[i] = (float)(reduction switch
                {
                    Reduction.Mean => sums[i] / count,
                    Reduction.L2 => Math.Sqrt(sums[i]),
                    Reduction.LogSum => Math.Log(sums[i]),
                    Reduction.LogSumExp => largest[i] + Math.Log(sums[i]),
                    _ => sums[i],
                });
            }
        }

        return output;
    }

    /// <inheritdoc/>
    public override Tensor InputGradient(Tensor input, Tensor output, Tensor outputGradient, int threads)
    {
        Tensor result = Tensor.Unfilled(input.Shape);
        for (int image = 0; image < input.Batch; image++)
        {
            ReadOnlySpan<float> x = input.Row(image), y = output.Row(image), back = outputGradient.Row(image);
            Span<float> to = result.Row(image);
            if (reduction == Reduction.Mean)
            {
                for (int i = 0; i < places.Length; i++)
                    to[i] = back[places[i]] / count;
                continue;
            }

            bool[] isTaken = reduction is Reduction.Max or Reduction.Min ? new bool[y.Length] : [];
            (double Product, int Zeros)[] products = reduction == Reduction.Product ? Products(x, y.Length) : [];
            for (int i = 0; i < places.Length; i++)
            {
                int place = places[i];
                to[i] = back[place] * reduction switch
                {
                    Reduction.Sum => 1,
                    Reduction.Max or Reduction.Min => IsFirst(isTaken, place, x[i] == y[place]) ? 1 : 0,
                    Reduction.Product => OfOthers(products[place], x[i]),
                    Reduction.L1 => x[i] > 0 ? 1 : x[i] < 0 ? -1 : 0,
                    Reduction.L2 => y[place] > 0 ? x[i] / y[place] : 0,
                    Reduction.SumSquare => 2 * x[i],
                    Reduction.LogSum => MathF.Exp(-y[place]),
                    Reduction.ArgMax or Reduction.ArgMin => 0,
                    _ => MathF.Exp(x[i] - y[place]),
                };
            }
        }

        return result;
    }

    /// <summary>The index of the first extreme number at each place: how many numbers of the place came before it.</summary>
    void FindExtremes(ReadOnlySpan<float> from, Span<float> to)
    {
        float[] extremes = new float[to.Length];
        int[] seen = new int[to.Length];
        for (int i = 0; i < places.Length; i++)
        {
            int place = places[i];
            if (seen[place] == 0 || (reduction == Reduction.ArgMax ? from[i] > extremes[place] : from[i] < extremes[place]))
                (extremes[place], to[place]) = (from[i], seen[place]);
            seen[place]++;
        }
    }

    static bool IsFirst(bool[] isTaken, int place, bool isExtreme)
    {
        if (!isExtreme || isTaken[place])
            return false;
        isTaken[place] = true;
        return true;
    }

    /// <summary>The largest number at each place; 0 where it is infinite, so that no difference is undefined.</summary>
    float[] Largest(ReadOnlySpan<float> from, int length)
    {
        float[] largest = new float[length];
        Array.Fill(largest, float.NegativeInfinity);
        for (int i = 0; i < places.Length; i++)
            largest[places[i]] = Math.Max(largest[places[i]], from[i]);
        return Array.ConvertAll(largest, number => float.IsFinite(number) ? number : 0);
    }

    /// <summary>The product of the numbers at each place that are not 0, and how many are.</summary>
    (double Product, int Zeros)[] Products(ReadOnlySpan<float> x, int length)
    {
        var products = new (double Product, int Zeros)[length];
        Array.Fill(products, (1, 0));
        for (int i = 0; i < places.Length; i++)
        {
            ref (double Product, int Zeros) own = ref products[places[i]];
            own = x[i] == 0 ? (own.Product, own.Zeros + 1) : (own.Product * x[i], own.Zeros);
        }

        return products;
    }

    /// <summary>The product of all numbers but one.</summary>
    static float OfOthers((double Product, int Zeros) all, float own) => own == 0
        ? (float)(all.Zeros == 1 ? all.Product : 0)
        : (float)(all.Zeros == 0 ? all.Product / own : 0);
}
