using System.Numerics.Tensors;

namespace Dapprox.Networks.Layers;

/// <summary>A binary operation.</summary>
public enum Combination
{
    /// <summary>a + b.</summary>
    Add,

    /// <summary>a − b.</summary>
    Subtract,

    /// <summary>a · b, correctly rounded for every multiplier, since a scale is not a multiply-accumulate.</summary>
    Multiply,

    /// <summary>a / b.</summary>
    Divide,

    /// <summary>a if a ≥ 0, otherwise a · b: PReLU. (He et al., "Delving Deep into Rectifiers", ICCV 2015.)</summary>
    ScaleNegative,

    /// <summary>The larger one; of equal ones the gradient goes to a.</summary>
    Maximum,

    /// <summary>The smaller one; of equal ones the gradient goes to a.</summary>
    Minimum,

    /// <summary>a to the power of b.</summary>
    Power,

    /// <summary>1 if a > b, otherwise 0, as if either is a NaN; its gradient is 0, as that of the next two.</summary>
    Greater,

    /// <summary>1 if a ≥ b, otherwise 0.</summary>
    GreaterOrEqual,

    /// <summary>1 if a = b, otherwise 0.</summary>
    Equal,
}

/// <summary>
/// An elementwise operation on two batches, or on a batch and a constant, with broadcasting as in NumPy: a dimension of 1 is
/// repeated. Shapes are those of one image.
/// </summary>
public sealed class Combine : MergeLayer
{
    readonly Combination combination;
    readonly int[] leftShape;
    readonly int[] rightShape;
    readonly int[] shape;
    // Null if every output takes the element of its own index.
    readonly int[]? leftPlaces;
    readonly int[]? rightPlaces;
    readonly float[]? left;
    readonly float[]? right;

    /// <summary>Creates the layer.</summary>
    /// <param name="name">The name inside the network.</param>
    /// <param name="combination">A binary operation.</param>
    /// <param name="leftShape">The dimensions of a.</param>
    /// <param name="rightShape">The dimensions of b, equally many.</param>
    /// <param name="left">The constant a; null if a is the first input.</param>
    /// <param name="right">The constant b; null if b is the last input.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public Combine(
        string name, Combination combination, ReadOnlySpan<int> leftShape, ReadOnlySpan<int> rightShape, float[]? left = null,
        float[]? right = null)
        : base(name)
    {
        this.combination = combination;
        this.left = left;
        this.right = right;
        this.leftShape = leftShape.ToArray();
        this.rightShape = rightShape.ToArray();
        shape = ShapeOf(leftShape, rightShape);
        leftPlaces = Places(leftShape);
        rightPlaces = Places(rightShape);
    }

    /// <summary>The shape of the result for two images of the given shapes.</summary>
    /// <param name="left">The dimensions of a.</param>
    /// <param name="right">The dimensions of b, equally many.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static int[] ShapeOf(ReadOnlySpan<int> left, ReadOnlySpan<int> right)
    {
        int[] shape = new int[left.Length];
        if (left.Length != right.Length)
            throw Unfit(left, right);
        for (int i = 0; i < shape.Length; i++)
            shape[i] = left[i] == right[i] || right[i] == 1 ? left[i] : left[i] == 1 ? right[i] : throw Unfit(left, right);
        return shape;
    }

    internal Combination Combination => combination;

    internal (int[] Shape, float[]? Constant) Left => (leftShape, left);

    internal (int[] Shape, float[]? Constant) Right => (rightShape, right);

    internal override bool NeedsOutput => false;

    bool IsComparison => combination is Combination.Greater or Combination.GreaterOrEqual or Combination.Equal;

    internal override bool IsHomogeneous => combination switch
    {
        Combination.Multiply => left is not null || right is not null,
        Combination.Divide or Combination.ScaleNegative => right is not null,
        _ => false,
    };

    /// <summary>Whether the layer adds a constant to its one input, as a bias does.</summary>
    internal bool AddsConstant => combination switch
    {
        Combination.Add => left is not null || right is not null,
        Combination.Subtract => right is not null,
        _ => false,
    };

    /// <inheritdoc/>
    public override Tensor Forward(ReadOnlySpan<Tensor> inputs, int threads)
    {
        Tensor output = Tensor.Unfilled([inputs[0].Batch, .. shape]);
        for (int image = 0; image < output.Batch; image++)
        {
            ReadOnlySpan<float> a = left ?? inputs[0].Row(image), b = right ?? inputs[^1].Row(image);
            Span<float> to = output.Row(image);
            if (combination == Combination.Add && leftPlaces is null && rightPlaces is null)
            {
                TensorPrimitives.Add(a, b, to);
                continue;
            }

            for (int i = 0; i < to.Length; i++)
            {
                float x = a[leftPlaces?[i] ?? i], y = b[rightPlaces?[i] ?? i];
                to[i] = combination switch
                {
                    Combination.Add => x + y,
                    Combination.Subtract => x - y,
                    Combination.Multiply => x * y,
                    Combination.Divide => x / y,
                    Combination.Maximum => MathF.Max(x, y),
                    Combination.Minimum => MathF.Min(x, y),
                    Combination.Power => MathF.Pow(x, y),
                    Combination.Greater => x > y ? 1 : 0,
                    Combination.GreaterOrEqual => x >= y ? 1 : 0,
                    Combination.Equal => x == y ? 1 : 0,
                    _ => x < 0 ? x * y : x,
                };
            }
        }

        return output;
    }

    /// <inheritdoc/>
    public override Tensor[] InputGradients(ReadOnlySpan<Tensor> inputs, Tensor output, Tensor outputGradient, int threads)
    {
        Tensor? toLeft = left is null ? Zeros(inputs[0]) : null, toRight = right is null ? Zeros(inputs[^1]) : null;
        for (int image = 0; image < output.Batch && !IsComparison; image++)
        {
            ReadOnlySpan<float> a = left ?? inputs[0].Row(image), b = right ?? inputs[^1].Row(image), back = outputGradient.Row(image);
            Span<float> backLeft = toLeft is null ? [] : toLeft.Row(image), backRight = toRight is null ? [] : toRight.Row(image);
            for (int i = 0; i < back.Length; i++)
            {
                int leftPlace = leftPlaces?[i] ?? i, rightPlace = rightPlaces?[i] ?? i;
                float x = a[leftPlace], y = b[rightPlace];
                if (toLeft is not null)
                {
                    backLeft[leftPlace] += back[i] * combination switch
                    {
                        Combination.Add or Combination.Subtract => 1,
                        Combination.Multiply => y,
                        Combination.Divide => 1 / y,
                        Combination.Maximum => x >= y ? 1 : 0,
                        Combination.Minimum => x <= y ? 1 : 0,
                        Combination.Power => y * MathF.Pow(x, y - 1),
                        _ => x < 0 ? y : 1,
                    };
                }

                if (toRight is not null)
                {
                    backRight[rightPlace] += back[i] * combination switch
                    {
                        Combination.Add => 1,
                        Combination.Subtract => -1,
                        Combination.Multiply => x,
                        Combination.Divide => -x / (y * y),
                        Combination.Maximum => x >= y ? 0 : 1,
                        Combination.Minimum => x <= y ? 0 : 1,
                        Combination.Power => MathF.Pow(x, y) * MathF.Log(x),
                        _ => x < 0 ? x : 0,
                    };
                }
            }
        }

        return [.. new[] { toLeft, toRight }.OfType<Tensor>()];
    }

    static Tensor Zeros(Tensor like)
    {
        Tensor zeros = Tensor.Unfilled(like.Shape);
        zeros.Data.AsSpan().Clear();
        return zeros;
    }

    static ArgumentException Unfit(ReadOnlySpan<int> left, ReadOnlySpan<int> right) =>
        new($"The shapes [{string.Join(", ", left.ToArray())}] and [{string.Join(", ", right.ToArray())}] cannot be broadcast.");

    int[]? Places(ReadOnlySpan<int> own)
    {
        if (own.SequenceEqual(shape))
            return null;
        int[] places = new int[Tensor.Count(shape)];
        for (int i = 0; i < places.Length; i++)
        {
            for (
                int dimension = shape.Length - 1, rest = i, stride = 1; dimension >= 0; rest /= shape[dimension], stride *= own[dimension],
                dimension--)
                places[i] += rest % shape[dimension] % own[dimension] * stride;
        }

        return places;
    }
}
