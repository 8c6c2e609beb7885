namespace Dapprox.Networks.Layers;

/// <summary>The mean over some of the dimensions of each image.</summary>
public sealed class Mean : Layer
{
    readonly int[] axes;
    readonly bool keep;
    readonly int[] shape;
    readonly int[] places;
    readonly float count;

    /// <summary>Creates the layer.</summary>
    /// <param name="name">The name inside the network.</param>
    /// <param name="input">The dimensions of one image of the input.</param>
    /// <param name="axes">The dimensions to average over, from 0.</param>
    /// <param name="keep">Whether they stay in the shape with length 1.</param>
    public Mean(string name, int[] input, IReadOnlyCollection<int> axes, bool keep)
        : base(name)
    {
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

    internal override bool IsHomogeneous => true;

    internal (int[] Axes, bool Keep) Axes => (axes, keep);

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, int threads)
    {
        Tensor output = Tensor.Unfilled([input.Batch, .. shape]);
        double[] sums = new double[output.RowLength];
        for (int image = 0; image < input.Batch; image++)
        {
            sums.AsSpan().Clear();
            ReadOnlySpan<float> from = input.Row(image);
            for (int i = 0; i < places.Length; i++)
                sums[places[i]] += from[i];
            Span<float> to = output.Row(image);
            for (int i = 0; i < to.Length; i++)
                to[i] = (float)(sums[i] / count);
        }

        return output;
    }

    /// <inheritdoc/>
    public override Tensor InputGradient(Tensor input, Tensor output, Tensor outputGradient, int threads)
    {
        Tensor result = Tensor.Unfilled(input.Shape);
        for (int image = 0; image < input.Batch; image++)
        {
            ReadOnlySpan<float> back = outputGradient.Row(image);
            Span<float> to = result.Row(image);
            for (int i = 0; i < places.Length; i++)
                to[i] = back[places[i]] / count;
        }

        return result;
    }
}
