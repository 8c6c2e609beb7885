using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Kernels;
using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Formats.Onnx;

/// <content>The operators, by the definitions of onnx.ai/onnx/operators.</content>
sealed partial class OnnxImport
{
    // The smallest normal binary32 number.
    const float LeastNorm = 1.17549435e-38f;

    /// <summary>The supported operators.</summary>
    public static IEnumerable<string> KnownOperators => Operators.Keys;

    /// <summary>The import of each operator.</summary>
    static readonly Dictionary<string, Action<OnnxImport, NodeReader>> Operators = new()
    {
        ["Abs"] = (_, node) => node.Give(Pointwise.Absolute(node.Name)),
        ["Add"] = (import, node) => import.Binary(node, Combination.Add),
        ["AveragePool"] = (import, node) => import.Pooled(node, Pooling.Average),
        ["BatchNormalization"] = (import, node) => import.BatchNormalization(node),
        ["Cast"] = (import, node) => import.Cast(node),
        ["Ceil"] = (_, node) => node.Give(Pointwise.Ceiling(node.Name)),
        ["Celu"] = (_, node) => node.Give(Pointwise.Celu(node.Name, node.Real("alpha", 1))),
        ["Clip"] = (_, node) => Clip(node),
        ["Concat"] = (import, node) => import.Concat(node),
        ["Constant"] = (import, node) => import.ConstantValue(node),
        ["ConstantOfShape"] = (import, node) => import.ConstantOfShape(node),
        ["Conv"] = (import, node) => import.Convolution(node),
        ["ConvTranspose"] = (import, node) => import.ConvolutionTranspose(node),
        ["DepthToSpace"] = (_, node) => DepthToSpace(node),
        ["Div"] = (import, node) => import.Binary(node, Combination.Divide),
        ["Dropout"] = (import, node) => import.Dropout(node),
        ["Elu"] = (_, node) => node.Give(Pointwise.Elu(node.Name, node.Real("alpha", 1))),
        ["Erf"] = (_, node) => node.Give(Pointwise.Erf(node.Name)),
        ["Exp"] = (_, node) => node.Give(Pointwise.Exp(node.Name)),
        ["Expand"] = (import, node) => import.Expand(node),
        ["Flatten"] = (_, node) => Flatten(node),
        ["Floor"] = (_, node) => node.Give(Pointwise.Floor(node.Name)),
        ["Gather"] = (_, node) => Gather(node),
        ["Gelu"] = (_, node) =>
            node.Give(node.Text("approximate", "none") == "tanh" ? Pointwise.GeluByTanh(node.Name) : Pointwise.Gelu(node.Name)),
        ["Gemm"] = (import, node) => import.Gemm(node),
        ["GlobalAveragePool"] = (import, node) =>
            node.Give(import.Reduced(
                node.Name, Reduction.Mean, node.Activation(0), [.. Enumerable.Range(1, node.Activation(0).Shape.Length - 1)], keep: true,
                isNamed: true)),
        ["GlobalMaxPool"] = (_, node) => GlobalMaximum(node),
        ["GroupNormalization"] = (import, node) => import.GroupNormalization(node),
        ["HardSigmoid"] = (_, node) => node.Give(Pointwise.HardSigmoid(node.Name, node.Real("alpha", 0.2f), node.Real("beta", 0.5f))),
        ["HardSwish"] = (_, node) => node.Give(Pointwise.HardSwish(node.Name)),
        ["Identity"] = (_, node) => Identity(node),
        ["InstanceNormalization"] = (import, node) => import.InstanceNormalization(node),
        ["LayerNormalization"] = (_, node) => LayerNormalization(node),
        ["LeakyRelu"] = (_, node) => node.Give(Pointwise.LeakyRelu(node.Name, node.Real("alpha", 0.01f))),
        ["Log"] = (_, node) => node.Give(Pointwise.Log(node.Name)),
        ["LogSoftmax"] = (import, node) => import.Softmax(node, logarithm: true),
        ["LpNormalization"] = (import, node) => import.LpNormalization(node),
        ["LRN"] = (_, node) => node.Give(
            new LocalResponseNormalization(
                node.Name, Int32(node.Integer("size", 0), "size"), node.Real("alpha", 1e-4f), node.Real("beta", 0.75f),
                node.Real("bias", 1)), node.Activation(0)),
        ["MatMul"] = (import, node) => import.MatrixProduct(node),
        ["Max"] = (import, node) => import.Folded(node, Combination.Maximum),
        ["MaxPool"] = (import, node) => import.Pooled(node, Pooling.Max),
        ["Mean"] = (import, node) => import.Folded(node, Combination.Add, isMean: true),
        ["Min"] = (import, node) => import.Folded(node, Combination.Minimum),
        ["Mish"] = (_, node) => node.Give(Pointwise.Mish(node.Name)),
        ["Mul"] = (import, node) => import.Binary(node, Combination.Multiply),
        ["Neg"] = (_, node) => node.Give(Pointwise.Negative(node.Name)),
        ["Pad"] = (_, node) => Pad(node),
        ["Pow"] = (import, node) => import.Power(node),
        ["PRelu"] = (import, node) => import.Binary(node, Combination.ScaleNegative),
        ["Reciprocal"] = (_, node) => node.Give(Pointwise.Reciprocal(node.Name)),
        ["ReduceL1"] = (import, node) => import.Reduced(node, Reduction.L1),
        ["ReduceL2"] = (import, node) => import.Reduced(node, Reduction.L2),
        ["ReduceLogSum"] = (import, node) => import.Reduced(node, Reduction.LogSum),
        ["ReduceLogSumExp"] = (import, node) => import.Reduced(node, Reduction.LogSumExp),
        ["ReduceMax"] = (import, node) => import.Reduced(node, Reduction.Max),
        ["ReduceMean"] = (import, node) => import.Reduced(node, Reduction.Mean),
        ["ReduceMin"] = (import, node) => import.Reduced(node, Reduction.Min),
        ["ReduceProd"] = (import, node) => import.Reduced(node, Reduction.Product),
        ["ReduceSum"] = (import, node) => import.Reduced(node, Reduction.Sum),
        ["ReduceSumSquare"] = (import, node) => import.Reduced(node, Reduction.SumSquare),
        ["Relu"] = (_, node) => node.Give(new Relu(node.Name)),
        ["Reshape"] = (import, node) => import.Reshaped(node),
        ["RMSNormalization"] = (import, node) => import.RootMeanSquareNormalization(node),
        ["Round"] = (_, node) => node.Give(Pointwise.Round(node.Name)),
        ["Selu"] = (_, node) => node.Give(Pointwise.Selu(node.Name, node.Real("alpha", 1.67326324f), node.Real("gamma", 1.05070098f))),
        ["Shape"] = (_, node) => Shape(node),
        ["Sigmoid"] = (_, node) => node.Give(Pointwise.Sigmoid(node.Name)),
        ["Sign"] = (_, node) => node.Give(Pointwise.Sign(node.Name)),
        ["Slice"] = (import, node) => import.Slice(node),
        ["Softmax"] = (import, node) => import.Softmax(node, logarithm: false),
        ["Softplus"] = (_, node) => node.Give(Pointwise.Softplus(node.Name)),
        ["Softsign"] = (_, node) => node.Give(Pointwise.Softsign(node.Name)),
        ["SpaceToDepth"] = (_, node) => SpaceToDepth(node),
        ["Split"] = (_, node) => Split(node),
        ["Sqrt"] = (_, node) => node.Give(Pointwise.Sqrt(node.Name)),
        ["Squeeze"] = (_, node) => Squeeze(node),
        ["Sub"] = (import, node) => import.Binary(node, Combination.Subtract),
        ["Sum"] = (import, node) => import.Folded(node, Combination.Add),
        ["Swish"] = (_, node) => node.Give(Pointwise.Swish(node.Name, node.Real("alpha", 1))),
        ["Tanh"] = (_, node) => node.Give(Pointwise.Tanh(node.Name)),
        ["ThresholdedRelu"] = (_, node) => node.Give(Pointwise.ThresholdedRelu(node.Name, node.Real("alpha", 1))),
        ["Transpose"] = (_, node) => Transpose(node),
        ["Unsqueeze"] = (_, node) => Unsqueeze(node),
    };

    // Layers that multiply.
    void Convolution(NodeReader node)
    {
        Value input = node.Activation(0);
        float[] filters = node.Weights(1), bias = node.Has(2) ? node.Weights(2) : [];
        int[] filterShape = FilterShape(node);
        Window window = Window.Of(node, input, filterShape.Length - 2, filterShape[2..]);
        int groups = Int32(node.Integer("group", 1), "group");
        if (input.Shape[0] != (long)filterShape[1] * groups)
            throw new InputException($"filters of {filterShape[1]} channels in {groups} groups do not fit {input.Shape[0]} channels");
        var shape = new ConvolutionShape(input.Shape[0], filterShape[0], window.Kernel.Height, window.Kernel.Width)
        {
            Stride = window.Stride,
            Padding = window.Padding,
            Dilation = window.Dilation,
            Groups = groups,
        };
        ConvolutionLayer(node, input, shape, window, filters, bias);
        node.Holds("weight", 1);
        node.Holds("bias", 2, shape.OutputChannels);
    }

    static int[] FilterShape(NodeReader node) => node.Constant(1).Shape is { Length: >= 3 } shape && shape.All(dimension => dimension > 0)
        ? shape
        : throw new InputException(
            $"its filters have the shape [{string.Join(", ", node.Constant(1).Shape)}]; it has to be that of filters and channels and the "
                + "sizes of a window, all above 0");

    /// <summary>Also a 1-D convolution: its lines are images of one row.</summary>
    void ConvolutionLayer(NodeReader node, Value input, ConvolutionShape shape, Window window, float[] filters, float[] bias)
    {
        if (window.IsLine)
            input = Add(
                new Reshape(Unique(node.Name + ".rows"), [input.Shape[0], 1, input.Shape[1]]), [input.Shape[0], 1, input.Shape[1]], input);
        int[] output = Checked(shape.OutputChannels, shape.OutputHeight(input.Shape[1]), shape.OutputWidth(input.Shape[2]));
        // The memory it works on: the padded image, and the zero-inserted output in the gradient.
        Checked(input.Shape[0], (long)input.Shape[1] + shape.Padding.Height, (long)input.Shape[2] + shape.Padding.Width);
        Checked(
            output[0], input.Shape[1] + (long)shape.Dilation.Height * (shape.KernelHeight - 1),
            input.Shape[2] + (long)shape.Dilation.Width * (shape.KernelWidth - 1));
        Value result = Add(
            new Convolution2D(node.Name, shape, input.Shape[1], input.Shape[2], filters, bias, ExactMultiplier.Rounded), output, input);
        if (window.IsLine)
            result = Add(new Reshape(Unique(node.Name + ".line"), [output[0], output[2]]), [output[0], output[2]], result);
        node.Give(result);
    }

    /// <summary>A convolution of the input, zero-inserted by the stride, with the flipped filters.</summary>
    void ConvolutionTranspose(NodeReader node)
    {
        Value input = node.Activation(0);
        float[] filters = node.Weights(1), bias = node.Has(2) ? node.Weights(2) : [];
        int[] filterShape = FilterShape(node);
        Window window = Window.Of(node, input, filterShape.Length - 2, filterShape[2..], isTransposed: true);
        int groups = Int32(node.Integer("group", 1), "group"), channels = input.Shape[0], groupOutputs = filterShape[1];
        if (filterShape[0] != channels || channels % groups != 0)
            throw new InputException($"filters of {filterShape[0]} channels in {groups} groups do not fit {channels} channels");
        int height = window.IsLine ? 1 : input.Shape[1], width = input.Shape[^1];
        (int kernelHeight, int kernelWidth) = window.Kernel;
        int reachHeight = Int32(1 + (long)window.Dilation.Height * (kernelHeight - 1), "the reach of a filter") - 1;
        int reachWidth = Int32(1 + (long)window.Dilation.Width * (kernelWidth - 1), "the reach of a filter") - 1;
        // The zero-inserted input, from which a convolution without padding computes the output.
        long spreadHeight = (long)window.Stride.Height * (height - 1) + 1 + 2L * reachHeight - window.Padding.Height
            + window.OutputPadding.Height;
        long spreadWidth = (long)window.Stride.Width * (width - 1) + 1 + 2L * reachWidth - window.Padding.Width
            + window.OutputPadding.Width;
        int[] spread = Checked(channels, spreadHeight, spreadWidth);
        Charge(Tensor.Count(spread));
        int[] sources = new int[Tensor.Count(spread)];
        for (int i = 0; i < sources.Length; i++)
        {
            int y = i / spread[2] % spread[1] - (reachHeight - window.Padding.Top), x = i % spread[2] - (reachWidth - window.Padding.Left);
            (int row, int restY) = Math.DivRem(y, window.Stride.Height);
            (int column, int restX) = Math.DivRem(x, window.Stride.Width);
            sources[i] = restY == 0 && restX == 0 && (uint)row < (uint)height && (uint)column < (uint)width
                ? (i / (spread[1] * spread[2]) * height + row) * width + column
                : -1;
        }

        int area = kernelHeight * kernelWidth, groupInputs = channels / groups;
        float[] flipped = new float[filters.Length];
        for (int i = 0; i < filters.Length; i++)
            flipped[Place(i)] = filters[i];

        var shape = new ConvolutionShape(
            channels, groupOutputs * groups, kernelHeight, kernelWidth)
        { Dilation = window.Dilation, Groups = groups };
        int[] spreadShape = window.IsLine ? [channels, spread[2]] : spread;
        ConvolutionLayer(
            node, Add(new Rearrange(Unique(node.Name + ".spread"), spreadShape, sources), spreadShape, input), shape, window, flipped,
            bias);
        node.Holds("weight", 1, place: Place);
        node.Holds("bias", 2, shape.OutputChannels);

        int Place(int index)
        {
            int tap = index % area, output = index / area % groupOutputs, channel = index / area / groupOutputs;
            int filter = (channel / groupInputs * groupOutputs + output) * groupInputs + channel % groupInputs;
            return filter * area + area - 1 - tap;
        }
    }

    void Gemm(NodeReader node)
    {
        Value input = node.Activation(0);
        if (node.Integer("transA", 0) != 0 || input.Shape.Length != 1)
            throw new InputException("the first matrix has to have a row for each image");
        OnnxTensor matrix = node.Constant(1);
        if (matrix.Shape.Length != 2)
            throw new InputException($"the second matrix has the shape [{string.Join(", ", matrix.Shape)}]; it has to have two dimensions");
        bool isTransposed = node.Integer("transB", 0) != 0;
        float alpha = node.Real("alpha", 1), beta = node.Real("beta", 1);
        int outputs = matrix.Shape[isTransposed ? 0 : 1];
        Value result;
        if (node.Has(2) && alpha == 1 && beta == 1 && node.IsConstant(2) && node.Constant(2).Count == outputs)
        {
            result = DenseLayer(node, 1, input, matrix, isTransposed, node.Weights(2));
            node.Holds("bias", 2);
        }
        else
        {
            result = DenseLayer(node, 1, input, matrix, isTransposed, []);
            if (!node.Has(2) && alpha == 1 && beta == 1)
                node.Holds("bias", 2, outputs);
            else
                node.WouldAddBias([outputs], alpha);
            if (alpha != 1)
                result = Scaled(node, result, alpha);
            if (node.Has(2) && node.Find(2) is Value other)
            {
                if (beta != 1)
                    other = Combined(node.Name + ".beta", Combination.Multiply, other, null, null, new OnnxTensor([], [beta], null));
                result = Combined(node.Name + ".bias", Combination.Add, result, null, other, null);
            }
            else if (node.Has(2))
            {
                float[] shift = [.. node.Reals(2).Select(number => beta * number)];
                result = Combined(
                    node.Name + ".bias", Combination.Add, result, null, null, new OnnxTensor(node.Constant(2).Shape, shift, null));
            }
        }

        node.Give(result);
    }

    void MatrixProduct(NodeReader node)
    {
        if (node.Any(0).Constant is OnnxTensor left)
        {
            // A·X is the transpose of Xᵀ·Aᵀ, in which the activation is the first operand.
            Value columns = node.Activation(1);
            if (columns.Shape.Length < 2)
                throw new InputException(
                    $"a constant times rows [{string.Join(", ", columns.Shape)}] of each image mixes images; the second matrix has to be "
                        + "of one image");
            Value rows = Transposed(columns, node.Name + ".flipped");
            OnnxTensor matrix = Matrix(left, rows);
            node.Give(Transposed(DenseLayer(node, 0, rows, matrix, isTransposed: true, []), node.Name + ".back"));
            node.WouldAddBias([matrix.Shape[0], 1]);
            return;
        }

        Value first = node.Activation(0), second = node.Any(1);
        if (second.Constant is { Shape.Length: 1 } column)
        {
            // Each row becomes one number.
            Value sums = DenseLayer(node, 1, first, column with { Shape = [column.Count, 1] }, isTransposed: false, []);
            node.WouldAddBias([1]);
            node.Give(Add(new Reshape(Unique(node.Name + ".row"), first.Shape[..^1]), first.Shape[..^1], sums));
            return;
        }

        if (second.Constant is OnnxTensor right)
        {
            node.Give(DenseLayer(node, 1, first, Matrix(right, first), isTransposed: false, []));
            node.WouldAddBias([right.Shape[^1]]);
            return;
        }

        if (first.Shape.Length < 2 || first.Shape.Length != second.Shape.Length || first.Shape[^1] != second.Shape[^2])
            throw new InputException(
                $"the matrices of one image have the shapes [{string.Join(", ", first.Shape)}] and [{string.Join(", ", second.Shape)}]; "
                    + "they have to have as many dimensions, at least 2, and as many columns as rows");
        int[] matrices = Combine.ShapeOf(first.Shape.AsSpan()[..^2], second.Shape.AsSpan()[..^2]);
        first = Repeated(first, "first");
        second = Repeated(second, "second");
        node.Give(Add(
            new MatrixMultiply(
                node.Name, (int)Tensor.Count(matrices), first.Shape[^2], first.Shape[^1], second.Shape[^1], ExactMultiplier.Rounded),
            Checked([.. first.Shape[..^1], second.Shape[^1]]), first, second));

        // Repeats the matrices to the number of the others.
        Value Repeated(Value value, string which)
        {
            int[] shape = Checked([.. matrices, .. value.Shape[^2..]]), strides = Strides(value.Shape);
            return shape.AsSpan().SequenceEqual(value.Shape)
                ? value
                : Moved(value, $"{node.Name}.{which}", shape, (axis, index) => index % value.Shape[axis] * strides[axis]);
        }
    }

    /// <summary>A constant as the single matrix by which every matrix of an activation is multiplied.</summary>
    static OnnxTensor Matrix(OnnxTensor constant, Value other)
    {
        if (constant.Shape.Length < 2 || constant.Shape.Length > other.Rank || constant.Shape[..^2].Any(dimension => dimension != 1))
            throw new InputException(
                $"a constant of the shape [{string.Join(", ", constant.Shape)}] is not one matrix for all images and all their matrices");
        return constant with { Shape = constant.Shape[^2..] };
    }

    /// <summary>Swaps rows and columns.</summary>
    Value Transposed(Value value, string name)
    {
        int[] strides = Strides(value.Shape), axes = [.. Enumerable.Range(0, value.Shape.Length)];
        (axes[^1], axes[^2]) = (axes[^2], axes[^1]);
        return Moved(value, name, [.. axes.Select(axis => value.Shape[axis])], (axis, index) => index * strides[axes[axis]]);
    }

    Value Moved(Value value, string name, int[] shape, Func<int, int, int> part)
    {
        Charge(Tensor.Count(shape));
        return Add(new Rearrange(Unique(name), shape, Indices(shape, part)), shape, value);
    }

    /// <summary>Adds the product of rows and the matrix that is an input of the node.</summary>
    Value DenseLayer(NodeReader node, int matrixInput, Value input, OnnxTensor matrix, bool isTransposed, float[] bias)
    {
        if (matrix.Shape.Length != 2 || matrix.Shape[isTransposed ? 1 : 0] != input.Shape[^1])
            throw new InputException($"a matrix of the shape [{string.Join(", ", matrix.Shape)}] does not fit rows of {input.Shape[^1]}");
        int inputs = input.Shape[^1], outputs = matrix.Shape[isTransposed ? 0 : 1];
        float[] weights = node.Weights(matrixInput), rows = weights;
        if (!isTransposed)
        {
            rows = new float[weights.Length];
            for (int i = 0; i < weights.Length; i++)
                rows[Place(i)] = weights[i];
        }

        node.Holds("weight", matrixInput, place: isTransposed ? null : Place);
        return Add(
            new Dense(node.Name, inputs, outputs, rows, bias, ExactMultiplier.Rounded, rows: input.Count / inputs),
            Checked([.. input.Shape[..^1], outputs]), input);

        int Place(int index) => index % outputs * inputs + index / outputs;
    }

    // Elementwise.
    Value Scaled(NodeReader node, Value value, float factor) =>
        Combined(node.Name + ".scale", Combination.Multiply, value, null, null, new OnnxTensor([], [factor], null));

    void Binary(NodeReader node, Combination combination)
    {
        if (node.Find(0) is null && node.Find(1) is null)
        {
            node.Give(Folded(node, node.Constant(0), node.Constant(1), combination));
            return;
        }

        Value? left = node.Find(0), right = node.Find(1);
        node.Give(Combined(
            node.Name, combination, left, left is null ? node.Constant(0) : null, right, right is null ? Placed(node, left!) : null,
            isNamed: true));
    }

    /// <summary>The second operand of a binary operator. Before version 7 its dimensions could stand at an axis of the first.</summary>
    OnnxTensor Placed(NodeReader node, Value first)
    {
        OnnxTensor constant = node.Constant(1);
        if (version >= 7 || node.Attribute("axis") is not AttributeProto axis)
            return constant;
        long behind = first.Rank - (axis.I < 0 ? axis.I + first.Rank : axis.I) - constant.Shape.Length;
        return behind >= 0 && behind <= first.Rank
            ? constant with { Shape = [.. constant.Shape, .. Enumerable.Repeat(1, (int)behind)] }
            : throw new InputException(
                $"a constant of {constant.Shape.Length} dimensions does not stand at the axis {axis.I} of {first.Rank}");
    }

    Value Combined(
        string name, Combination combination, Value? left, OnnxTensor? leftConstant, Value? right, OnnxTensor? rightConstant,
        bool isNamed = false)
    {
        int rank = Math.Max(left?.Rank ?? 0, right?.Rank ?? 0);
        // Shapes are aligned at the end; only the dimension of the images may be the batch.
        int[] LeadingOnes(Value? value, OnnxTensor? constant)
        {
            if (value is not null)
                return value.Rank == rank ? value.Shape : throw new InputException(
                    $"tensors of {value.Rank} and {rank} dimensions would mix images");
            int[] shape = constant!.Shape;
            if (shape.Length > rank || (shape.Length == rank && shape[0] != 1))
                throw new InputException(
                    $"a constant of the shape [{string.Join(", ", shape)}] does not fit one image, which has {rank - 1} dimensions");
            return shape.Length == rank ? shape[1..] : [.. Enumerable.Repeat(1, rank - 1 - shape.Length), .. shape];
        }

        int[] leftShape = LeadingOnes(left, leftConstant), rightShape = LeadingOnes(right, rightConstant);
        int[] result = Checked(Combine.ShapeOf(leftShape, rightShape));
        if (!leftShape.AsSpan().SequenceEqual(rightShape))
            Charge(2 * Tensor.Count(result));
        var layer = new Combine(
            isNamed ? name : Unique(name), combination, leftShape, rightShape, leftConstant is null ? null : Reals(leftConstant),
            rightConstant is null ? null : Reals(rightConstant));
        return left is null ? Add(layer, result, right!) : right is null ? Add(layer, result, left) : Add(layer, result, left, right);

        static float[] Reals(OnnxTensor constant) => constant.Reals ?? throw new InputException("a constant of integers meets real ones");
    }

    OnnxTensor Folded(NodeReader node, OnnxTensor left, OnnxTensor right, Combination combination)
    {
        int rank = Math.Max(left.Shape.Length, right.Shape.Length);
        int[] leftShape = Padded(left), rightShape = Padded(right);
        int[] shape = Checked(0, [.. Combine.ShapeOf(leftShape, rightShape).Select(dimension => (long)dimension)]);
        Charge(3 * Tensor.Count(shape));
        if (left.Reals is { } a && right.Reals is { } b)
        {
            var layer = new Combine(node.Name, combination, leftShape, rightShape);
            return new OnnxTensor(
                shape, layer.Forward([new Tensor(a, [1, .. leftShape]), new Tensor(b, [1, .. rightShape])], 1).Data, null);
        }

        if (left.Integers is not { } c || right.Integers is not { } d)
            throw new InputException("a constant of integers meets one of real numbers");
        int[] leftIndices = RepeatedIndices(leftShape), rightIndices = RepeatedIndices(rightShape);
        return new OnnxTensor(shape, null, [.. leftIndices.Zip(rightIndices, (x, y) => Int32(c[x], d[y]))]);

        int[] Padded(OnnxTensor constant) => [.. Enumerable.Repeat(1, rank - constant.Shape.Length), .. constant.Shape];

        int[] RepeatedIndices(int[] own)
        {
            int[] strides = Strides(own);
            return Indices(shape, (axis, index) => index % own[axis] * strides[axis]);
        }

        long Int32(long x, long y) => combination switch
        {
            Combination.Multiply when y == 1 => x,
            Combination.Multiply when x == 1 => y,
            Combination.Divide when y == 1 => x,
            _ when x == OnnxTensor.Batch || y == OnnxTensor.Batch => throw new InputException("it computes with the number of images"),
            Combination.Divide when y == 0 => throw new InputException("it divides by 0"),
            Combination.Add => checked(x + y),
            Combination.Subtract => checked(x - y),
            Combination.Multiply => checked(x * y),
            Combination.Divide => x / y,
            _ => throw new InputException("its constants are integers and have to be real ones"),
        };
    }

    static void Clip(NodeReader node)
    {
        float min = node.Has(1) ? node.Reals(1)[0] : node.Real("min", float.NegativeInfinity);
        float max = node.Has(2) ? node.Reals(2)[0] : node.Real("max", float.PositiveInfinity);
        node.Give(new Clip(node.Name, min, max));
    }

    void Power(NodeReader node)
    {
        if (node.IsConstant(1) && node.Constant(1) is { Count: 1 } exponent)
            node.Give(Pointwise.Power(node.Name, exponent.Reals?[0] ?? exponent.Integers![0]));
        else if (node.Find(0) is Value powers && node.IsConstant(1) && node.Constant(1) is { Integers: long[] integers } many)
        {
            var reals = new OnnxTensor(many.Shape, [.. integers.Select(number => (float)number)], null);
            node.Give(Combined(node.Name, Combination.Power, powers, null, null, reals, isNamed: true));
        }
        else
            Binary(node, Combination.Power);
    }

    /// <summary>A sum, mean, maximum or minimum of any number of inputs, from the first on.</summary>
    void Folded(NodeReader node, Combination combination, bool isMean = false)
    {
        Value result = node.Any(0);
        for (int input = 1; input < node.Inputs; input++)
        {
            Value next = node.Any(input);
            string name = $"{node.Name}.{input}";
            result = result.Constant is OnnxTensor first && next.Constant is OnnxTensor second
                ? Known(Folded(node, first, second, combination))
                : Combined(
                    name, combination, result.Constant is null ? result : null, result.Constant, next.Constant is null ? next : null,
                    next.Constant);
        }

        node.Give(!isMean || node.Inputs == 1 ? result
            : result.Constant is OnnxTensor sum
                ? Known(Folded(node, sum, new OnnxTensor([], [node.Inputs], null), Combination.Divide))
                : Scaled(node, result, 1f / node.Inputs));

        static Value Known(OnnxTensor constant) => new(Graph.Node.Images, constant.Shape, constant);
    }

    static void Identity(NodeReader node) => node.Give(node.Any(0));

    void Dropout(NodeReader node)
    {
        // Before version 7 an attribute says so. A ratio of 0 drops nothing.
        bool trains = version < 7 ? node.Integer("is_test", 0) == 0 : node.Has(2) && node.Integers(2) is [not 0];
        float ratio = version < 12 ? node.Real("ratio", 0.5f) : node.Has(1) ? node.Reals(1)[0] : 0.5f;
        if (node.IsNeeded(1))
            throw new InputException("its mask is used; only its first output is supported");
        if (trains && ratio != 0)
            throw new InputException("it is in training mode; export the model for inference");
        Identity(node);
    }

    void Cast(NodeReader node)
    {
        long to = node.Integer("to", 0);
        if (node.Find(0) is Value value)
        {
            RealFormat? format = to is >= 0 and <= int.MaxValue ? OnnxTensor.RealFormatOf((int)to) : null;
            node.Give(format switch
            {
                RealFormat.Float32 or RealFormat.Float64 => value,
                RealFormat.Float16 => Add(Pointwise.RoundedToHalf(node.Name), value.Shape, value),
                RealFormat.BFloat16 => Add(Pointwise.RoundedToBFloat16(node.Name), value.Shape, value),
                _ => throw new InputException(
                    $"activations are cast to {OnnxTensor.NameOf(to)}; they are real numbers here: export the model with float alone"),
            });
            return;
        }

        OnnxTensor constant = node.Constant(0);
        node.Give(to switch
        {
            OnnxTensor.Float or OnnxTensor.Double when constant.Integers is { } integers => integers.Contains(OnnxTensor.Batch)
                ? throw new InputException("it computes with the number of images")
                : constant with { Reals = [.. integers.Select(number => (float)number)], Integers = null },
            OnnxTensor.Int32 or OnnxTensor.Int64 when constant.Reals is { } reals =>
                constant with { Integers = [.. reals.Select(number => checked((long)number))], Reals = null },
            OnnxTensor.Float or OnnxTensor.Double or OnnxTensor.Int32 or OnnxTensor.Int64 => constant,
            _ => throw new InputException($"a constant is cast to {OnnxTensor.NameOf(to)}; float, double, int32 and int64 are read"),
        });
    }

    // Normalisation.
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
        Value input = node.Activation(0);
        int axis = input.Axis(node.Integer("axis", -1));
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
        Reduction norm = node.Integer("p", 2) switch
        {
            1 => Reduction.L1,
            2 => Reduction.L2,
            long p => throw new InputException($"p is {p}; 1 and 2 are read"),
        };
        Value size = Reduced(node.Name + ".norm", norm, input, [input.Axis(node.Integer("axis", -1))], keep: true);
        // Zeros stay zeros.
        size = Combined(node.Name + ".least", Combination.Maximum, size, null, null, new OnnxTensor([], [LeastNorm], null));
        node.Give(Combined(node.Name + ".divide", Combination.Divide, input, null, size, null));
    }

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
        Value input = node.Activation(0);
        // Before version 13 all dimensions from the axis on are flattened.
        int axis = input.Axis(node.Integer("axis", version < 13 ? 1 : -1));
        int inner = version < 13 ? 1 : (int)Tensor.Count(input.Shape.AsSpan(axis + 1));
        int length = version < 13 ? (int)Tensor.Count(input.Shape.AsSpan(axis)) : input.Shape[axis];
        node.Give(new Softmax(node.Name, length, inner, logarithm), input);
    }

    // Windows.
    void Pooled(NodeReader node, Pooling pooling)
    {
        Value input = node.Activation(0);
        if (node.IsNeeded(1))
            throw new InputException("its output of indices is used; only its first output is supported");
        long[] kernel = node.List("kernel_shape") ?? throw new InputException("kernel_shape is missing");
        Window window = Window.Of(node, input, kernel.Length, [.. kernel.Select(size => Int32(size, "kernel_shape"))]);
        int height = window.IsLine ? 1 : input.Shape[1], width = input.Shape[^1];
        int outputHeight = window.Rows(height), outputWidth = window.Columns(width);
        int[] plane = window.IsLine ? [outputWidth] : [outputHeight, outputWidth];
        int[] shape = Checked([input.Shape[0], .. plane]);
        if (pooling == Pooling.Max && !window.IsLine && window is { Dilation: (1, 1), CeilMode: false } && window.Padding == default
            && window.Kernel.Height == window.Kernel.Width && window.Stride == window.Kernel)
        {
            node.Give(new MaxPool2D(node.Name, window.Kernel.Height), shape, input);
            return;
        }

        // Includes the overhead of an array.
        long tables = (long)outputHeight * outputWidth * ((long)window.Kernel.Height * window.Kernel.Width + 8);
        if (tables > MaxNumbers)
            throw new InputException($"{outputHeight} × {outputWidth} windows of {window.Kernel.Height} × {window.Kernel.Width} have "
                + $"more than {MaxNumbers} numbers");
        Charge(tables);
        int[][] windows = new int[outputHeight * outputWidth][];
        float[] divisors = new float[windows.Length];
        bool countsPadding = node.Integer("count_include_pad", 0) != 0;
        for (int i = 0; i < windows.Length; i++)
        {
            var indices = new List<int>();
            int padded = 0;
            int top = i / outputWidth * window.Stride.Height - window.Padding.Top,
                left = i % outputWidth * window.Stride.Width - window.Padding.Left;
            for (int row = 0; row < window.Kernel.Height; row++)
            {
                for (int column = 0; column < window.Kernel.Width; column++)
                {
                    int y = top + row * window.Dilation.Height, x = left + column * window.Dilation.Width;
                    if ((uint)y < (uint)height && (uint)x < (uint)width)
                        indices.Add(y * width + x);
                    // Excludes elements beyond the padding, which a last window in ceil mode covers.
                    if (y < height + window.Padding.Bottom && x < width + window.Padding.Right)
                        padded++;
                }
            }

            if (indices.Count == 0)
                throw new InputException("a window covers nothing but padding");
            windows[i] = [.. indices];
            divisors[i] = countsPadding ? padded : indices.Count;
        }

        node.Give(new Pool(node.Name, pooling, plane, windows, divisors), shape, input);
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
        Value input = node.Activation(0);
        long[] axes = node.ListOrInput("axes", 1) ?? [];
        if (axes.Length == 0 && node.Integer("noop_with_empty_axes", 0) == 0)
            throw new InputException("it has no axes, so it would mix images");
        bool keep = node.Integer("keepdims", 1) != 0;
        node.Give(Reduced(node.Name, reduction, input, [.. axes.Select(axis => input.Axis(axis))], keep, isNamed: true));
    }

    Value Reduced(string name, Reduction reduction, Value input, int[] axes, bool keep, bool isNamed = false)
    {
        Charge(input.Count);
        int[] shape = [
            .. input.Shape.Select(
                (dimension, axis) => axes.Contains(axis) ? 1 : dimension).Where((_, axis) => keep || !axes.Contains(axis))];
        return Add(new Reduce(isNamed ? name : Unique(name), reduction, input.Shape, axes, keep), shape, input);
    }

    // Shapes.
    static void Shape(NodeReader node)
    {
        Value value = node.Any(0);
        long[] shape = [.. Enumerable.Repeat(OnnxTensor.Batch, value.Images), .. value.Shape.Select(dimension => (long)dimension)];
        int start = Bounded(node.Integer("start", 0), shape.Length), end = Bounded(node.Integer("end", shape.Length), shape.Length);
        node.Give(OnnxTensor.List(shape[start..Math.Max(start, end)]));
    }

    void ConstantValue(NodeReader node)
    {
        if (node.Attribute("value")?.T is TensorProto tensor)
            node.Give(Inside(tensor));
        else if (node.Attribute("value_float") is AttributeProto real)
            node.Give(new OnnxTensor([], [real.F], null));
        else if (node.Attribute("value_floats") is AttributeProto reals)
            node.Give(new OnnxTensor([reals.Floats.Count], [.. reals.Floats], null));
        else if (node.Attribute("value_int") is AttributeProto integer)
            node.Give(new OnnxTensor([], null, [integer.I]));
        else if (node.List("value_ints") is long[] integers)
            node.Give(OnnxTensor.List(integers));
        else
            throw new InputException("it is neither a tensor nor numbers");
    }

    /// <summary>A constant filled with one number; its dimension of images is 1, since it is the same for all images.</summary>
    void ConstantOfShape(NodeReader node)
    {
        int[] shape = Checked(node.Integers(0).Select(dimension => dimension == OnnxTensor.Batch ? 1 : Int32(dimension, "a dimension")));
        Charge(Tensor.Count(shape));
        OnnxTensor number = node.Attribute("value")?.T is TensorProto tensor
            ? Inside(tensor)
            : new OnnxTensor([1], [0], null);
        node.Give(number.Reals is { Length: > 0 } reals
            ? new OnnxTensor(shape, [.. Enumerable.Repeat(reals[0], (int)Tensor.Count(shape))], null)
            : new OnnxTensor(
                shape, null,
                [.. Enumerable.Repeat(number.Integers is { Length: > 0 } integers ? integers[0] : 0, (int)Tensor.Count(shape))]));
    }

    /// <summary>A constant repeated for every image, which equals the constant.</summary>
    void Expand(NodeReader node)
    {
        if (node.Find(0) is Value input)
        {
            ExpandImages(node, input);
            return;
        }

        int[] target = Checked(
            node.Integers(1).Select(
                (dimension, index) => index == 0 && (
                    dimension == OnnxTensor.Batch || (batch > 0 && dimension == batch)) ? 1 : Int32(dimension, "a dimension")));
        OnnxTensor constant = node.Constant(0);
        float[] numbers = node.Reals(0);
        Charge(3 * Tensor.Count(target));
        var ones = new Combine(Unique(node.Name), Combination.Multiply, Padded(constant.Shape), target);
        node.Give(
            new OnnxTensor(
                target, ones.Forward(
                    [new Tensor(numbers, [1, .. Padded(constant.Shape)]),
                        new Tensor([.. Enumerable.Repeat(1f, (int)Tensor.Count(target))], [1, .. target])],
                    1).Data, null));

        int[] Padded(int[] shape) => [.. Enumerable.Repeat(1, Math.Max(0, target.Length - shape.Length)), .. shape];
    }

    /// <summary>Dimensions of 1 of each image repeated.</summary>
    void ExpandImages(NodeReader node, Value input)
    {
        long[] wanted = node.Integers(1);
        bool isOfImages = wanted.Length == input.Rank;
        if (wanted.Length > input.Rank || isOfImages && !(wanted[0] is OnnxTensor.Batch or 1 || batch > 0 && wanted[0] == batch))
            throw new InputException($"the shape {Shown(wanted)} changes the number of images");
        int[] own = [.. wanted.Skip(isOfImages ? 1 : 0).Select(dimension => Int32(dimension, "a dimension"))];
        int[] shape = Checked(Combine.ShapeOf(input.Shape, [.. Enumerable.Repeat(1, input.Shape.Length - own.Length), .. own]));
        int[] strides = Strides(input.Shape);
        node.GiveMoved(
            input, shape.Select(dimension => (long)dimension), (axis, index) => index % input.Shape[axis] * strides[axis]);
    }

    void Reshaped(NodeReader node)
    {
        long[] wanted = node.Integers(1);
        Value input = node.Any(0);
        if (node.Integer("allowzero", 0) != 0 && wanted.Contains(0))
            throw new InputException($"the shape {Shown(wanted)} has no numbers, since allowzero is set");
        if (input.Constant is null)
        {
            bool keepsImages = wanted.Length > 0 && (wanted[0] is OnnxTensor.Batch or 0 or -1 || (batch > 0 && wanted[0] == batch));
            if (!keepsImages || wanted.AsSpan(1).Contains(OnnxTensor.Batch))
                throw new InputException($"the shape {Shown(wanted)} mixes images; the first dimension has to be theirs");
            wanted = wanted[1..];
        }

        node.GiveReshaped(input, Resolved(wanted, [.. input.Shape.Select(dimension => (long)dimension)], input.Count));
    }

    /// <summary>A shape with −1 for the inferred dimension and 0 for an unchanged one.</summary>
    static int[] Resolved(long[] wanted, long[] old, int count)
    {
        long[] shape = [.. wanted.Select((dimension, index) => dimension == 0 && index < old.Length ? old[index] : dimension)];
        long known = shape.Where(dimension => dimension != -1).Aggregate(
            1L, (product, dimension) => dimension is > 0 and <= MaxNumbers ? Math.Min(product * dimension, MaxNumbers + 1L) : 0);
        if (shape.Count(dimension => dimension == -1) is int open && open > 1 || known == 0 || count % known != 0
            || (open == 0 && known != count))
            throw new InputException($"{count} numbers do not take the shape {Shown(wanted)}");
        return [.. shape.Select(dimension => (int)(dimension == -1 ? count / known : dimension))];
    }

    static void Flatten(NodeReader node)
    {
        Value input = node.Activation(0);
        long axis = node.Integer("axis", 1);
        if (axis != 1 && axis != 1 - input.Rank)
            throw new InputException($"its axis is {axis}, which mixes images; it has to be 1");
        node.GiveReshaped(input, [input.Count]);
    }

    static void Squeeze(NodeReader node)
    {
        Value input = node.Any(0);
        int[] own = node.ListOrInput("axes", 1) is long[] axes
            ? [.. axes.Select(input.Axis)]
            : [.. Enumerable.Range(0, input.Shape.Length).Where(axis => input.Shape[axis] == 1)];
        if (own.Any(axis => input.Shape[axis] != 1))
            throw new InputException("it takes away a dimension that is not 1");
        node.GiveReshaped(input, [.. input.Shape.Where((_, axis) => !own.Contains(axis))]);
    }

    static void Unsqueeze(NodeReader node)
    {
        Value input = node.Any(0);
        long[] axes = node.ListOrInput("axes", 1) ?? throw new InputException("it has no axes");
        int rank = input.Rank + axes.Length;
        long[] indices = [.. axes.Select(axis => axis < 0 ? axis + rank : axis)];
        if (indices.Any(index => index < input.Images || index >= rank) || indices.Distinct().Count() < indices.Length)
            throw new InputException(
                $"it inserts dimensions at the indices [{string.Join(", ", axes)}] of {rank}; they have to be different "
                    + $"ones{(input.Constant is null ? ", behind that of the images" : "")}");
        var left = new Queue<int>(input.Shape);
        node.GiveReshaped(
            input, [.. Enumerable.Range(input.Images, rank - input.Images).Select(index => indices.Contains(index) ? 1 : left.Dequeue())]);
    }

    static void Transpose(NodeReader node)
    {
        Value input = node.Any(0);
        long[] order = node.List("perm") ?? [.. Enumerable.Range(0, input.Rank).Reverse().Select(axis => (long)axis)];
        if (!order.Order().SequenceEqual(Enumerable.Range(0, input.Rank).Select(axis => (long)axis))
            || (input.Constant is null && order[0] != 0))
            throw new InputException(
                $"its order [{string.Join(", ", order)}] has to be one of {input.Rank} "
                    + $"dimensions{(input.Constant is null ? " that leaves the images first" : "")}");
        int[] axes = [.. order[input.Images..].Select(axis => (int)axis - input.Images)], strides = Strides(input.Shape);
        node.GiveMoved(input, axes.Select(axis => (long)input.Shape[axis]), (axis, index) => index * strides[axes[axis]]);
    }

    void Concat(NodeReader node)
    {
        long axis = node.Integer("axis", 0);
        if (Enumerable.Range(0, node.Inputs).All(input => node.Find(input) is null))
        {
            node.Give(Joined([.. Enumerable.Range(0, node.Inputs).Select(node.Any)], axis));
            return;
        }

        Value like = Enumerable.Range(0, node.Inputs).Select(node.Find).OfType<Value>().First();
        int own = like.Axis(axis);
        var parts = new List<(int, float[]?)>();
        var inputs = new List<Value>();
        int length = 0;
        for (int input = 0; input < node.Inputs; input++)
        {
            Value? value = node.Find(input);
            int[] shape = value?.Shape
                ?? (
                    node.Constant(input).Shape is [1, .. int[] rest] ? rest : throw new InputException(
                        "a constant among them has to have 1 for the number of images"));
            if (shape.Length != like.Shape.Length
                || shape.Where((dimension, index) => index != own && dimension != like.Shape[index]).Any())
                throw new InputException($"[{string.Join(", ", shape)}] does not go behind [{string.Join(", ", like.Shape)}]");
            parts.Add((shape[own], value is null ? node.Reals(input) : null));
            if (value is not null)
                inputs.Add(value);
            length += shape[own];
        }

        int[] result = Checked(like.Shape.Select((dimension, index) => index == own ? length : dimension));
        node.Give(Add(new Concatenate(node.Name, result, own, parts), result, [.. inputs]));
    }

    /// <summary>Concatenated constants.</summary>
    OnnxTensor Joined(Value[] parts, long axis)
    {
        int own = parts[0].Axis(axis);
        int[] like = parts[0].Shape;
        bool isReal = parts[0].Constant!.Reals is not null;
        bool areAlike = parts.All(part => part.Rank == like.Length && part.Constant!.Reals is not null == isReal
            && !part.Shape.Where((dimension, axis) => axis != own && dimension != like[axis]).Any());
        if (!areAlike)
            throw new InputException(
                $"constants of the shapes {string.Join(" and ", parts.Select(part => $"[{string.Join(", ", part.Shape)}]"))} do not go "
                    + "behind each other");
        int[] shape = Checked(
            0, [.. like.Select((dimension, index) => index == own ? parts.Sum(part => (long)part.Shape[own]) : dimension)]);
        Charge(Tensor.Count(shape));
        int inner = (int)Tensor.Count(like.AsSpan(own + 1)), outer = (int)Tensor.Count(like.AsSpan(0, own));
        return parts[0].Constant!.Reals is null
            ? new OnnxTensor(shape, null, Numbers(part => part.Integers!))
            : new OnnxTensor(shape, Numbers(part => part.Reals!), null);

        T[] Numbers<T>(Func<OnnxTensor, T[]> of) =>
            [.. Enumerable.Range(0, outer)
                .SelectMany(
                    i => parts.SelectMany(part => of(part.Constant!).Skip(i * part.Shape[own] * inner).Take(part.Shape[own] * inner)))];
    }

    static void Split(NodeReader node)
    {
        Value input = node.Any(0);
        int axis = input.Axis(node.Integer("axis", 0)), length = input.Shape[axis];
        long[] lengths = node.ListOrInput("split", 1) ?? EvenLengths();
        if (lengths.Length != node.Outputs || lengths.Any(part => part < 1 || part > length) || lengths.Sum() != length)
            throw new InputException($"[{string.Join(", ", lengths)}] are not parts of {length}, one for each of {node.Outputs} outputs");
        int[] strides = Strides(input.Shape);
        for (int output = 0, start = 0; output < lengths.Length; start += (int)lengths[output++])
        {
            int first = start;
            if (node.IsNeeded(output))
                node.GiveMoved(
                    input, input.Shape.Select((dimension, own) => own == axis ? lengths[output] : dimension),
                    (own, index) => (index + (own == axis ? first : 0)) * strides[own], output: output);
        }

        long[] EvenLengths()
        {
            long size = (length + node.Outputs - 1) / node.Outputs;
            return [.. Enumerable.Range(0, node.Outputs).Select(i => Math.Min(size, length - i * size))];
        }
    }

    void Slice(NodeReader node)
    {
        long[] starts = node.ListOrInput("starts", 1) ?? throw new InputException("starts is missing"),
        ends = node.ListOrInput("ends", 2) ?? throw new InputException("ends is missing");
        long[] axes = node.ListOrInput("axes", 3) ?? [.. Enumerable.Range(0, starts.Length).Select(axis => (long)axis)];
        long[] steps = node.Has(4) ? node.Integers(4) : [.. Enumerable.Repeat(1L, starts.Length)];
        if (ends.Length != starts.Length || axes.Length != starts.Length || steps.Length != starts.Length
            || steps.Any(step => step is 0 or < int.MinValue or > int.MaxValue))
            throw new InputException("it has to have as many starts as ends, axes and steps, and no step of 0");
        Value input = node.Any(0);
        long[] shape = [.. input.Shape.Select(dimension => (long)dimension)];
        int[] firsts = new int[shape.Length], ways = [.. Enumerable.Repeat(1, shape.Length)];
        for (int i = 0; i < starts.Length; i++)
        {
            // A slice over all dimensions may take all images.
            if (input.IsImages(axes[i]) && starts[i] == 0 && steps[i] == 1
                && (ends[i] >= int.MaxValue || ends[i] == OnnxTensor.Batch || (batch > 0 && ends[i] == batch)))
                continue;
            int axis = input.Axis(axes[i]);
            (firsts[axis], shape[axis]) = Cut(starts[i], ends[i], steps[i], input.Shape[axis]);
            ways[axis] = (int)steps[i];
        }

        int[] strides = Strides(input.Shape);
        node.GiveMoved(input, shape, (axis, index) => (firsts[axis] + index * ways[axis]) * strides[axis]);
    }

    /// <summary>The first index from a start to before an end, and the number of indices; negative ones count from the end.</summary>
    static (int First, int Count) Cut(long start, long end, long step, int length)
    {
        long min = step > 0 ? 0 : -1, max = step > 0 ? length : length - 1;
        long from = Math.Clamp(start < 0 ? start + length : start, Math.Min(0, max), max), to = Math.Clamp(
            end < 0 && end >= -length ? end + length : end, min, max);
        long count = step > 0 ? (to - from + step - 1) / step : (from - to - step - 1) / -step;
        return ((int)from, (int)Math.Max(0, count));
    }

    static void Pad(NodeReader node)
    {
        Value input = node.Any(0);
        long[] sides = node.ListOrInput("pads", 1) ?? throw new InputException("pads is missing");
        float constant = node.Has(2) ? node.Reals(2)[0] : node.Real("value", 0);
        string mode = node.Text("mode", "constant");
        long[] axes = node.Has(3) ? node.Integers(3) : [.. Enumerable.Range(0, input.Rank).Select(axis => (long)axis)];
        if (sides.Length != 2 * axes.Length)
            throw new InputException($"it has {sides.Length} pads for {axes.Length} axes");
        if (mode is not ("constant" or "reflect" or "edge"))
            throw new InputException($"its mode is '{mode}'; constant, reflect and edge are read");
        long[] before = new long[input.Shape.Length], shape = [.. input.Shape.Select(dimension => (long)dimension)];
        for (int i = 0; i < axes.Length; i++)
        {
            if (input.IsImages(axes[i]) && sides[i] == 0 && sides[i + axes.Length] == 0)
                continue;
            int axis = input.Axis(axes[i]);
            before[axis] = sides[i];
            shape[axis] = Math.Clamp(
                sides[i], int.MinValue, int.MaxValue) + Math.Clamp(sides[i + axes.Length], int.MinValue, int.MaxValue) + shape[axis];
        }

        int[] strides = Strides(input.Shape);
        node.GiveMoved(
            input, shape,
            (axis, index) => Source(index - before[axis], input.Shape[axis]) is int source and >= 0 ? source * strides[axis] : -1,
            constant);

        int Source(long index, int length)
        {
            if (index >= 0 && index < length)
                return (int)index;
            if (mode == "edge")
                return index < 0 ? 0 : length - 1;
            long mirrored = index < 0 ? -index : 2L * (length - 1) - index;
            return mode == "constant" ? -1 : mirrored >= 0 && mirrored < length ? (int)mirrored : throw new InputException(
                "it reflects more than there is");
        }
    }

    /// <summary>Blocks of channels become blocks of pixels.</summary>
    static void DepthToSpace(NodeReader node)
    {
        Value input = node.Activation(0);
        (int channels, int height, int width) = Planes(input);
        int block = Int32(node.Integer("blocksize", 0), "blocksize"), depth = channels / (block * block);
        if (channels % ((long)block * block) != 0)
            throw new InputException($"{channels} channels are no blocks of {block} by {block}");
        string mode = node.Text("mode", "DCR");
        if (mode is not ("DCR" or "CRD"))
            throw new InputException($"its mode is '{mode}'; DCR and CRD are read");
        int plane = height * width;
        // The dimensions of the output: a channel, a row, a row of its block, a column, a column of its block.
        (int channel, int row, int column) = mode == "DCR"
            ? (plane, block * depth * plane, depth * plane)
            : (block * block * plane, block * plane, plane);
        int[] steps = [channel, width, row, 1, column];
        node.GiveMoved(
            input, [depth, height, block, width, block], (axis, index) => index * steps[axis],
            shape: [depth, height * block, width * block]);
    }

    /// <summary>Blocks of pixels become channels.</summary>
    static void SpaceToDepth(NodeReader node)
    {
        Value input = node.Activation(0);
        (int channels, int height, int width) = Planes(input);
        int block = Int32(node.Integer("blocksize", 0), "blocksize");
        if (height % block != 0 || width % block != 0)
            throw new InputException($"{height} by {width} pixels are no blocks of {block} by {block}");
        int[] steps = [width, 1, height * width, width * block, block];
        node.GiveMoved(
            input, [block, block, channels, height / block, width / block], (axis, index) => index * steps[axis],
            shape: Checked((long)block * block * channels, height / block, width / block));
    }

    static (int Channels, int Height, int Width) Planes(Value input) => input.Shape is [int channels, int height, int width]
        ? (channels, height, width)
        : throw new InputException(
            $"an image has the shape [{string.Join(", ", input.Shape)}] here; it has to be channels, height and width");

    static void Gather(NodeReader node)
    {
        OnnxTensor indices = node.Constant(1);
        Value input = node.Any(0);
        int own = input.Axis(node.Integer("axis", 0));
        int[] picked = [.. node.Integers(1).Select(index => FromStart(index, input.Shape[own]))], strides = Strides(input.Shape);
        node.GiveMoved(
            input, input.Shape.Select((dimension, axis) => axis == own ? picked.Length : (long)dimension),
            (axis, index) => (axis == own ? picked[index] : index) * strides[axis],
            shape: [.. input.Shape[..own], .. indices.Shape, .. input.Shape[(own + 1)..]]);

        static int FromStart(long index, int length) => index >= -length && index < length
            ? (int)(index < 0 ? index + length : index)
            : throw new InputException($"its index {index} is outside a dimension of {length}");
    }

    /// <summary>
    /// For each element of a shape, in order, the sum of <paramref name="part"/> over its indices; −1 where a part is negative.
    /// </summary>
    static int[] Indices(int[] shape, Func<int, int, int> part)
    {
        int[] indices = [0];
        // Starts at the last dimension; each further dimension repeats the indices so far once for each of its own.
        for (int axis = shape.Length - 1; axis >= 0; axis--)
        {
            int[] longer = new int[shape[axis] * indices.Length];
            for (int index = 0, to = 0; index < shape[axis]; index++)
            {
                int own = part(axis, index);
                foreach (int rest in indices)
                    longer[to++] = own < 0 || rest < 0 ? -1 : own + rest;
            }

            indices = longer;
        }

        return indices;
    }

    static int[] Strides(int[] shape)
    {
        int[] strides = new int[shape.Length];
        for (int axis = shape.Length - 1, stride = 1; axis >= 0; stride *= shape[axis], axis--)
            strides[axis] = stride;
        return strides;
    }

    static int Bounded(long index, int length) => (int)Math.Clamp(index < 0 ? index + length : index, 0, length);

    static int Int32(long number, string what) => number is >= 1 and <= MaxNumbers
        ? (int)number
        : throw new InputException($"{what} is {number}; it has to be from 1 to {MaxNumbers}");
}
