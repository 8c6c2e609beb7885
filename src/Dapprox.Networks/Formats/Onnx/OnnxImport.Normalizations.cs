using Dapprox.Foundation;
using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Formats.Onnx;

/// <content>Normalisations.</content>
sealed partial class OnnxImport
{
    // The smallest normal binary32 number.
    const float LeastNorm = 1.17549435e-38f;

    void BatchNormalization(NodeReader node)
    {
        Value input = node.Activation(0);
        if (version < 9 && node.Integer("spatial", 1) == 0)
            throw new InputException("it has statistics for each pixel; those for each channel are read");
        if (version < 7 && node.Integer("is_test", 0) == 0)
            throw new InputException("it is in training mode; export the model for inference");
        // Before version 14 further outputs indicate training mode.
        if (node.Integer("training_mode", 0) != 0 || Enumerable.Range(1, 4).Any(node.IsNeeded))
            throw new InputException("it is in training mode; export the model for inference");
        float[][] numbers = [.. Enumerable.Range(1, 4).Select(node.Weights)];
        if (numbers.Any(own => own.Length != input.Shape[0]))
            throw new InputException(
                $"it has {string.Join(", ", numbers.Select(own => own.Length))} numbers for {input.Shape[0]} channels");
        float epsilon = node.Real("epsilon", 1e-5f);
        if (numbers[3].Any(variance => !(variance + epsilon > 0)))
            throw new InputException($"one of its variances is {numbers[3].Min()}; they have to be above 0, with epsilon {epsilon}");
        var layer = new BatchNormalization(node.Name, numbers[0], numbers[1], numbers[2], numbers[3], epsilon);
        node.Give(layer, input);
        for (int i = 0; i < numbers.Length; i++)
            node.Holds(layer.Parameters[i].Name, i + 1);
    }

    static void LayerNormalization(NodeReader node)
    {
        Value input = node.Activation(0, inAnyLayout: true);
        int axis = input.Axis(node.Integer("axis", -1));
        if (axis < input.Layout.Place)
            throw new InputException($"the images are among the dimensions {Shown(input.FileShape)} that it normalises");
        float[] gamma = node.Weights(1), beta = node.Has(2) ? node.Weights(2) : new float[gamma.Length];
        if (gamma.Length != Tensor.Count(input.Shape.AsSpan(axis)) || beta.Length != gamma.Length)
            throw new InputException(
                $"it has {gamma.Length} factors and {beta.Length} shifts for [{string.Join(", ", input.Shape[axis..])}]");
        node.Give(new LayerNormalization(node.Name, gamma, beta, node.Real("epsilon", 1e-5f)), input);
    }

    /// <summary>x·γ / √(mean of x² + ε), over the dimensions from the axis on.</summary>
    void RootMeanSquareNormalization(NodeReader node)
    {
        Value input = node.Activation(0);
        int axis = input.Axis(node.Integer("axis", -1));
        Value normal = Normalised(node, input, [.. Enumerable.Range(axis, input.Shape.Length - axis)], node.Real("epsilon", 1e-5f));
        node.Give(Combined(node.Name + ".weight", Combination.Multiply, normal, null, null, node.Constant(1)));
    }

    /// <summary>Each channel of each image by its own mean and variance.</summary>
    void InstanceNormalization(NodeReader node)
    {
        Value input = node.Activation(0);
        int[] plane = [.. Enumerable.Range(1, input.Shape.Length - 1)];
        Value normal = Normalised(node, Centred(node, input, plane), plane, node.Real("epsilon", 1e-5f));
        node.Give(PerChannel(node, normal, node.Constant(1), node.Constant(2)));
    }

    /// <summary>(x − mean) / (standard deviation + 1e-9) over some dimensions.</summary>
    void MeanVarianceNormalization(NodeReader node)
    {
        Value input = node.Activation(0);
        int[] axes = [.. (node.List("axes") ?? [0, 2, 3]).Select(axis => input.Axis(axis))];
        Value centred = Centred(node, input, axes);
        Value square = Combined(node.Name + ".square", Combination.Multiply, centred, null, centred, null);
        Value variance = Reduced(node.Name + ".variance", Reduction.Mean, square, axes, keep: true);
        Value root = Add(Pointwise.Sqrt(Unique(node.Name + ".root")), variance.Shape, variance);
        Value shifted = Combined(node.Name + ".epsilon", Combination.Add, root, null, null, new OnnxTensor([], [1e-9f], null));
        node.Give(Combined(node.Name + ".normal", Combination.Divide, centred, null, shifted, null));
    }

    /// <summary>Groups of channels, each by its own mean and variance.</summary>
    void GroupNormalization(NodeReader node)
    {
        Value input = node.Activation(0);
        int groups = Int32(node.Integer("num_groups", 0), "num_groups"), channels = input.Shape[0];
        if (channels % groups != 0)
            throw new InputException($"{channels} channels are not divided into {groups} groups");
        int[] shape = [groups, input.Count / groups];
        Value parts = Add(new Reshape(Unique(node.Name + ".groups"), shape), shape, input);
        Value normal = Normalised(node, Centred(node, parts, [1]), [1], node.Real("epsilon", 1e-5f));
        normal = Add(new Reshape(Unique(node.Name + ".channels"), input.Shape), input.Shape, normal);
        node.Give(PerChannel(node, normal, OfChannels(node.Constant(1)), OfChannels(node.Constant(2))));

        // Up to version 20 the factors are those of groups.
        OnnxTensor OfChannels(OnnxTensor numbers) => numbers is { Reals: { } reals } && numbers.Count == groups && groups != channels
            ? new OnnxTensor([channels], [.. Enumerable.Range(0, channels).Select(channel => reals[channel / (channels / groups)])], null)
            : numbers;
    }

    /// <summary>x divided by its norm along an axis.</summary>
    void LpNormalization(NodeReader node)
    {
        Value input = node.Activation(0);
        Value size = Reduced(node.Name + ".norm", Norm(node), input, [input.Axis(node.Integer("axis", -1))], keep: true);
        // Zeros stay zeros.
        size = Combined(node.Name + ".least", Combination.Maximum, size, null, null, new OnnxTensor([], [LeastNorm], null));
        node.Give(Combined(node.Name + ".divide", Combination.Divide, input, null, size, null));
    }

    static Reduction Norm(NodeReader node) => node.Integer("p", 2) switch
    {
        1 => Reduction.L1,
        2 => Reduction.L2,
        long p => throw new InputException($"p is {p}; 1 and 2 are read"),
    };

    Value Centred(NodeReader node, Value input, int[] axes) => Combined(
        node.Name + ".centred", Combination.Subtract, input, null, Reduced(node.Name + ".mean", Reduction.Mean, input, axes, keep: true),
        null);

    /// <summary>x / √(mean of x² + ε).</summary>
    Value Normalised(NodeReader node, Value input, int[] axes, float epsilon)
    {
        Value square = Combined(node.Name + ".square", Combination.Multiply, input, null, input, null);
        Value mean = Reduced(node.Name + ".power", Reduction.Mean, square, axes, keep: true);
        Value shifted = Combined(node.Name + ".epsilon", Combination.Add, mean, null, null, new OnnxTensor([], [epsilon], null));
        Value root = Add(Pointwise.Sqrt(Unique(node.Name + ".root")), shifted.Shape, shifted);
        return Combined(node.Name + ".normal", Combination.Divide, input, null, root, null);
    }

    /// <summary>A factor and a shift for each channel.</summary>
    Value PerChannel(NodeReader node, Value input, OnnxTensor factors, OnnxTensor shifts)
    {
        int[] shape = [input.Shape[0], .. Enumerable.Repeat(1, input.Shape.Length - 1)];
        if (factors.Count != input.Shape[0] || shifts.Count != input.Shape[0])
            throw new InputException($"it has {factors.Count} factors and {shifts.Count} shifts for {input.Shape[0]} channels");
        Value scaled = Combined(node.Name + ".weight", Combination.Multiply, input, null, null, factors with { Shape = shape });
        return Combined(node.Name + ".bias", Combination.Add, scaled, null, null, shifts with { Shape = shape });
    }

    void Softmax(NodeReader node, bool logarithm)
    {
        Value input = node.Activation(0, inAnyLayout: true);
        // Before version 13 all dimensions from the axis on are flattened.
        bool isFlat = version < 13;
        int axis = input.Axis(node.Integer("axis", isFlat ? 1 : -1));
        if (isFlat && axis < input.Layout.Place)
            throw new InputException($"it sums over images, which are behind its axis in the shape {Shown(input.FileShape)}");
        int inner = isFlat ? 1 : (int)Tensor.Count(input.Shape.AsSpan(axis + 1));
        int length = isFlat ? (int)Tensor.Count(input.Shape.AsSpan(axis)) : input.Shape[axis];
        node.Give(new Softmax(node.Name, length, inner, logarithm), input);
    }
}
