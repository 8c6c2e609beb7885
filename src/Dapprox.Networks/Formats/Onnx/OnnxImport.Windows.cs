using Dapprox.Foundation;
using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Formats.Onnx;

/// <content>Pools and reductions.</content>
sealed partial class OnnxImport
{
    void Pooled(NodeReader node, Pooling pooling)
    {
        Value input = node.Activation(0);
        if (node.IsNeeded(1))
            throw new InputException("its output of indices is used; only its first output is supported");
        node.Give(Pooled(node, node.Name, pooling, input, node.Integer("count_include_pad", 0) != 0));
    }

    /// <summary>The p-norm of each window: the root of the sum of powers.</summary>
    void LpPool(NodeReader node)
    {
        Value input = node.Activation(0);
        float p = node.Integer("p", 2);
        if (p < 1)
            throw new InputException($"p is {p}; it has to be at least 1");
        Value absolute = Add(Pointwise.Absolute(Unique(node.Name + ".absolute")), input.Shape, input);
        Value powers = Add(Pointwise.Power(Unique(node.Name + ".powers"), p), input.Shape, absolute);
        Value sums = Pooled(node, node.Name, Pooling.Average, powers, isSum: true);
        node.Give(Add(Pointwise.Power(Unique(node.Name + ".root"), 1 / p), sums.Shape, sums));
    }

    Value Pooled(NodeReader node, string name, Pooling pooling, Value input, bool countsPadding = false, bool isSum = false)
    {
        long[] kernel = node.List("kernel_shape") ?? throw new InputException("kernel_shape is missing");
        Window window = Window.Of(node, input, kernel.Length, [.. kernel.Select(size => Int32(size, "kernel_shape"))]);
        int[] plane = input.Shape[1..], counts = window.Counts(plane);
        int[] shape = Checked([input.Shape[0], .. counts]);
        if (pooling == Pooling.Max && kernel.Length == 2 && window is { Dilation: (1, 1), CeilMode: false } && window.Padding == default
            && window.Kernel.Height == window.Kernel.Width && window.Stride == window.Kernel)
            return Add(new MaxPool2D(name, window.Kernel.Height), shape, input);
        Checked(window.Sizes);
        // Includes the overhead of an array.
        long tables = Tensor.Count(counts) * (Tensor.Count(window.Sizes) + 8);
        if (tables > MaxNumbers)
            throw new InputException($"{string.Join(" × ", counts)} windows of {string.Join(" × ", kernel)} have "
                + $"more than {MaxNumbers} numbers");
        Charge(tables);
        int[][] windows = new int[Tensor.Count(counts)][];
        float[] divisors = new float[windows.Length];
        int[] index = new int[counts.Length];
        for (int i = 0; i < windows.Length; i++)
        {
            for (int axis = counts.Length - 1, rest = i; axis >= 0; rest /= counts[axis], axis--)
                index[axis] = rest % counts[axis];
            int[] elements = window.Elements(plane, index);
            windows[i] = [.. elements.Where(element => element >= 0)];
            if (windows[i].Length == 0)
                throw new InputException("a window covers nothing but padding");
            divisors[i] = isSum ? 1 : countsPadding ? elements.Count(element => element >= -1) : windows[i].Length;
        }

        var pool = new Pool(name, pooling, counts, windows, divisors)
        {
            Windows = isSum ? null : new PoolWindows(
                window.Sizes, window.Strides, window.Dilations, [.. window.Before, .. window.Behind], window.CeilMode, countsPadding),
        };
        return Add(pool, shape, input);
    }

    static void GlobalMaximum(NodeReader node)
    {
        Value input = node.Activation(0);
        int[] ones = [.. Enumerable.Repeat(1, input.Shape.Length - 1)];
        node.Give(
            new Pool(node.Name, Pooling.Max, ones, [[.. Enumerable.Range(0, input.Count / input.Shape[0])]]), [input.Shape[0], .. ones],
            input);
    }

    void Reduced(NodeReader node, Reduction reduction)
    {
        Value input = node.Activation(0, inAnyLayout: true);
        long[] axes = node.ListOrInput("axes", 1) ?? [];
        if (axes.Length == 0 && node.Integer("noop_with_empty_axes", 0) == 0)
            throw new InputException("it has no axes, so it would mix images");
        if (reduction == Reduction.Mean)
            ThrowIfInteger(input);
        bool keep = node.Integer("keepdims", 1) != 0;
        node.Give(Reduced(node.Name, reduction, input, [.. axes.Select(axis => input.Axis(axis))], keep, isNamed: true));
    }

    /// <summary>The index of the largest or smallest number along a dimension, the first or the last of several.</summary>
    void IndexOfExtreme(NodeReader node, Reduction reduction)
    {
        Value input = node.Activation(0, inAnyLayout: true);
        int axis = input.Axis(node.Integer("axis", 0)), last = input.Shape[axis] - 1;
        bool keep = node.Integer("keepdims", 1) != 0, isLast = node.Integer("select_last_index", 0) != 0;
        if (isLast)
        {
            int[] strides = Strides(input.Shape);
            input = Moved(
                input, node.Name + ".turned", input.Shape, (own, index) => (own == axis ? last - index : index) * strides[own]) with
            {
                Layout = input.Layout,
            };
        }

        Value index = Reduced(node.Name, reduction, input, [axis], keep, isNamed: true);
        node.Give((isLast
            ? Combined(node.Name + ".last", Combination.Subtract, null, new OnnxTensor([], [last], null), index, null)
            : index) with
        { Kind = NumberKind.Integer });
    }

    /// <summary>The p-norm of each channel.</summary>
    void GlobalNorm(NodeReader node)
    {
        Value input = node.Activation(0);
        node.Give(Reduced(
            node.Name, Norm(node), input, [.. Enumerable.Range(1, input.Shape.Length - 1)], keep: true, isNamed: true));
    }

    Value Reduced(string name, Reduction reduction, Value input, int[] axes, bool keep, bool isNamed = false)
    {
        Charge(input.Count);
        int[] shape = [
            .. input.Shape.Select(
                (dimension, axis) => axes.Contains(axis) ? 1 : dimension).Where((_, axis) => keep || !axes.Contains(axis))];
        return Add(new Reduce(isNamed ? name : Unique(name), reduction, input.Shape, axes, keep), shape, input) with
        {
            Layout = keep ? input.Layout : input.Layout.Without(axes),
        };
    }
}
