namespace Dapprox.Networks.Tensors;

/// <summary>
/// A dense array of binary32 numbers with a shape, the last dimension contiguous. Batches of images have the shape
/// <c>[batch, channels, height, width]</c>, logits <c>[batch, classes]</c>.
/// </summary>
/// <remarks>The tensor wraps the given array without copying it.</remarks>
public sealed class Tensor
{
    readonly int[] shape;

    /// <summary>Wraps <paramref name="data"/>.</summary>
    /// <param name="data">The numbers, as many as the product of the dimensions.</param>
    /// <param name="shape">The dimensions, each at least 0; an empty shape is a single number.</param>
    /// <exception cref="ArgumentException">The number of elements differs from the shape's, or a dimension is negative.</exception>
    public Tensor(float[] data, params ReadOnlySpan<int> shape)
    {
        if (shape.ContainsAnyInRange(int.MinValue, -1) || data.LongLength != Count(shape))
            throw new ArgumentException(
                $"{data.Length} numbers do not fill the shape [{string.Join(", ", shape.ToArray())}].", nameof(data));
        Data = data;
        this.shape = shape.ToArray();
    }

    /// <summary>A tensor of zeros.</summary>
    /// <param name="shape">The dimensions.</param>
    public static Tensor Zeros(params ReadOnlySpan<int> shape) => new(new float[checked((int)Count(shape))], shape);

    /// <summary>An uninitialised tensor; the caller writes all of its numbers.</summary>
    /// <param name="shape">The dimensions.</param>
    internal static Tensor Unfilled(params ReadOnlySpan<int> shape) =>
        new(Workspace.Lend(checked((int)Count(shape))), shape);

    /// <summary>The numbers, in order of the shape, the last index fastest.</summary>
    public float[] Data { get; }

    /// <summary>The dimensions.</summary>
    public ReadOnlySpan<int> Shape => shape;

    /// <summary>The first dimension: the number of images or rows.</summary>
    public int Batch => shape[0];

    /// <summary>The number of values of one image or row: the product of all dimensions but the first.</summary>
    public int RowLength => (int)Count(Shape[1..]);

    /// <summary>The numbers of one image or row.</summary>
    /// <param name="index">From 0 to <see cref="Batch"/> − 1.</param>
    public Span<float> Row(int index) => Data.AsSpan(index * RowLength, RowLength);

    /// <summary>A copy of <paramref name="count"/> images or rows from <paramref name="start"/> on.</summary>
    /// <param name="start">The first to take.</param>
    /// <param name="count">How many.</param>
    public Tensor Rows(int start, int count) =>
        new(Data.AsSpan(start * RowLength, count * RowLength).ToArray(), [count, .. shape.AsSpan(1)]);

    /// <summary>A copy of the images or rows at the given indices, in that order.</summary>
    /// <param name="indices">The indices of the images or rows.</param>
    public Tensor Gather(ReadOnlySpan<int> indices)
    {
        Tensor result = Zeros([indices.Length, .. shape.AsSpan(1)]);
        for (int i = 0; i < indices.Length; i++)
            Row(indices[i]).CopyTo(result.Row(i));
        return result;
    }

    /// <summary>The same numbers under another shape.</summary>
    /// <param name="newShape">The new dimensions, with the same product.</param>
    public Tensor Reshape(params ReadOnlySpan<int> newShape) => new(Data, newShape);

    /// <summary>An independent copy.</summary>
    public Tensor Clone() => new((float[])Data.Clone(), shape);

    /// <summary>The product of the dimensions.</summary>
    /// <param name="shape">The dimensions.</param>
    public static long Count(ReadOnlySpan<int> shape)
    {
        long count = 1;
        foreach (int dimension in shape)
            count = checked(count * dimension);
        return count;
    }
}
