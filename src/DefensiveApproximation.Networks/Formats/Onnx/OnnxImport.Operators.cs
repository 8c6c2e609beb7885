using DefensiveApproximation.Arithmetic;
using DefensiveApproximation.Kernels;
using DefensiveApproximation.Networks.Layers;

namespace DefensiveApproximation.Networks.Formats.Onnx;

/// <content>The operators, by the definitions of onnx.ai/onnx/operators.</content>
sealed partial class OnnxImport
{
    /// <summary>The operators that are read.</summary>
    public static IEnumerable<string> KnownOperators => Operators.Keys;

    /// <summary>How each is read.</summary>
    static readonly Dictionary<string, Action<OnnxImport, NodeReader>> Operators = new()
    {
        ["Add"] = (import, node) => import.Binary(node, Combination.Add),
        ["AveragePool"] = (_, node) => Pooled(node, Pooling.Average),
        ["BatchNormalization"] = (_, node) => BatchNormalization(node),
        ["Cast"] = (_, node) => Cast(node),
        ["Clip"] = (_, node) => Clip(node),
        ["Concat"] = (import, node) => import.Concat(node),
        ["Constant"] = (import, node) => import.ConstantValue(node),
        ["ConstantOfShape"] = (import, node) => import.ConstantOfShape(node),
        ["Conv"] = (import, node) => import.Convolution(node),
        ["ConvTranspose"] = (import, node) => import.ConvolutionTranspose(node),
        ["Div"] = (import, node) => import.Binary(node, Combination.Divide),
        ["Dropout"] = (_, node) => Identity(node),
        ["Erf"] = (_, node) => node.Give(Pointwise.Erf(node.Name), node.Activation(0)),
        ["Expand"] = (import, node) => import.Expand(node),
        ["Flatten"] = (_, node) => Flatten(node),
        ["Gather"] = (_, node) => Gather(node),
        ["Gelu"] = (_, node) => node.Give(
            node.Text("approximate", "none") == "tanh" ? Pointwise.GeluByTanh(node.Name) : Pointwise.Gelu(node.Name), node.Activation(0)),
        ["Gemm"] = (import, node) => import.Gemm(node),
        ["GlobalAveragePool"] = (_, node) => Average(node, node.Activation(0), [.. Enumerable.Range(1, node.Activation(0).Shape.Length - 1)], keep: true),
        ["GlobalMaxPool"] = (_, node) => GlobalMaximum(node),
        ["HardSigmoid"] = (_, node) => node.Give(Pointwise.HardSigmoid(node.Name, node.Real("alpha", 0.2f), node.Real("beta", 0.5f)), node.Activation(0)),
        ["HardSwish"] = (_, node) => node.Give(Pointwise.HardSwish(node.Name), node.Activation(0)),
        ["Identity"] = (_, node) => Identity(node),
        ["LayerNormalization"] = (_, node) => LayerNormalization(node),
        ["LeakyRelu"] = (_, node) => node.Give(Pointwise.LeakyRelu(node.Name, node.Real("alpha", 0.01f)), node.Activation(0)),
        ["LogSoftmax"] = (import, node) => import.Softmax(node, logarithm: true),
        ["LRN"] = (_, node) => node.Give(
            new LocalResponseNormalization(node.Name, Whole(node.Integer("size", 0), "size"), node.Real("alpha", 1e-4f), node.Real("beta", 0.75f), node.Real("bias", 1)), node.Activation(0)),
        ["MatMul"] = (import, node) => import.MatrixProduct(node),
        ["MaxPool"] = (_, node) => Pooled(node, Pooling.Max),
        ["Mul"] = (import, node) => import.Binary(node, Combination.Multiply),
        ["Pad"] = (_, node) => Pad(node),
        ["Pow"] = (_, node) => Power(node),
        ["PRelu"] = (import, node) => import.Binary(node, Combination.ScaleNegative),
        ["ReduceMean"] = (_, node) => ReduceMean(node),
        ["Relu"] = (_, node) => node.Give(new Relu(node.Name), node.Activation(0)),
        ["Reshape"] = (import, node) => import.Reshaped(node),
        ["Shape"] = (_, node) => Shape(node),
        ["Sigmoid"] = (_, node) => node.Give(Pointwise.Sigmoid(node.Name), node.Activation(0)),
        ["Slice"] = (_, node) => Slice(node),
        ["Softmax"] = (import, node) => import.Softmax(node, logarithm: false),
        ["Split"] = (_, node) => Split(node),
        ["Sqrt"] = (_, node) => node.Give(Pointwise.Sqrt(node.Name), node.Activation(0)),
        ["Squeeze"] = (_, node) => Squeeze(node),
        ["Sub"] = (import, node) => import.Binary(node, Combination.Subtract),
        ["Tanh"] = (_, node) => node.Give(Pointwise.Tanh(node.Name), node.Activation(0)),
        ["Transpose"] = (_, node) => Transpose(node),
        ["Unsqueeze"] = (_, node) => Unsqueeze(node),
    };

    // Layers that multiply.
    void Convolution(NodeReader node)
    {
        Value input = node.Activation(0);
        float[] filters = node.Weights(1), bias = node.Has(2) ? node.Weights(2) : [];
        int[] filterShape = node.Constant(1).Shape;
        Window window = Window.Of(node, input, filterShape.Length - 2, filterShape[2..]);
        int groups = Whole(node.Integer("group", 1), "group");
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
    }

    /// <summary>A convolution of lines, too: they are images of one row.</summary>
    void ConvolutionLayer(NodeReader node, Value input, ConvolutionShape shape, Window window, float[] filters, float[] bias)
    {
        if (window.IsLine)
            input = Add(new Reshape(Unique(node.Name + ".rows"), [input.Shape[0], 1, input.Shape[1]]), [input.Shape[0], 1, input.Shape[1]], input);
        int[] output = Checked(shape.OutputChannels, shape.OutputHeight(input.Shape[1]), shape.OutputWidth(input.Shape[2]));
        Value result = Add(new Convolution2D(node.Name, shape, input.Shape[1], input.Shape[2], filters, bias, ExactMultiplier.Rounded), output, input);
        if (window.IsLine)
            result = Add(new Reshape(Unique(node.Name + ".line"), [output[0], output[2]]), [output[0], output[2]], result);
        node.Give(result);
    }

    /// <summary>A convolution, with the filters turned around, of the input spread out by the stride.</summary>
    void ConvolutionTranspose(NodeReader node)
    {
        Value input = node.Activation(0);
        float[] filters = node.Weights(1), bias = node.Has(2) ? node.Weights(2) : [];
        int[] filterShape = node.Constant(1).Shape;
        Window window = Window.Of(node, input, filterShape.Length - 2, filterShape[2..], isTransposed: true);
        int groups = Whole(node.Integer("group", 1), "group"), channels = input.Shape[0], groupOutputs = filterShape[1];
        if (filterShape[0] != channels || channels % groups != 0)
            throw new InputException($"filters of {filterShape[0]} channels in {groups} groups do not fit {channels} channels");
        int height = window.IsLine ? 1 : input.Shape[1], width = input.Shape[^1];
        (int kernelHeight, int kernelWidth) = window.Kernel;
        int reachHeight = window.Dilation.Height * (kernelHeight - 1), reachWidth = window.Dilation.Width * (kernelWidth - 1);
        // What a convolution without padding makes the output of.
        long spreadHeight = (long)window.Stride.Height * (height - 1) + 1 + 2L * reachHeight - window.Padding.Height + window.OutputPadding.Height;
        long spreadWidth = (long)window.Stride.Width * (width - 1) + 1 + 2L * reachWidth - window.Padding.Width + window.OutputPadding.Width;
        int[] spread = Checked(channels, spreadHeight, spreadWidth);
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
        float[] turned = new float[filters.Length];
        for (int i = 0; i < filters.Length; i++)
        {
            int tap = i % area, output = i / area % groupOutputs, channel = i / area / groupOutputs;
            turned[((channel / groupInputs * groupOutputs + output) * groupInputs + channel % groupInputs) * area + area - 1 - tap] = filters[i];
        }

        var shape = new ConvolutionShape(channels, groupOutputs * groups, kernelHeight, kernelWidth) { Dilation = window.Dilation, Groups = groups };
        int[] spreadShape = window.IsLine ? [channels, spread[2]] : spread;
        ConvolutionLayer(node, Add(new Rearrange(Unique(node.Name + ".spread"), spreadShape, sources), spreadShape, input), shape, window, turned, bias);
    }

    void Gemm(NodeReader node)
    {
        Value input = node.Activation(0);
        if (node.Integer("transA", 0) != 0 || input.Shape.Length != 1)
            throw new InputException("the first matrix has to have a row for each image");
        OnnxTensor matrix = node.Constant(1);
        bool isTransposed = node.Integer("transB", 0) != 0;
        float alpha = node.Real("alpha", 1), beta = node.Real("beta", 1);
        Value result;
        if (node.Has(2) && alpha == 1 && beta == 1 && node.IsConstant(2) && node.Constant(2).Count == matrix.Shape[isTransposed ? 0 : 1])
        {
            result = DenseLayer(node, input, matrix, node.Weights(1), isTransposed, node.Weights(2));
        }
        else
        {
            result = DenseLayer(node, input, matrix, node.Weights(1), isTransposed, []);
            if (alpha != 1)
                result = Scaled(node, result, alpha);
            if (node.Has(2))
            {
                float[] shift = [.. node.Reals(2).Select(number => beta * number)];
                result = Combined(node.Name + ".bias", Combination.Add, result, null, null, new OnnxTensor(node.Constant(2).Shape, shift, null));
            }
        }

        node.Give(result);
    }

    void MatrixProduct(NodeReader node)
    {
        Value first = node.Activation(0);
        if (node.IsConstant(1))
        {
            node.Give(DenseLayer(node, first, node.Constant(1), node.Weights(1), isTransposed: false, []));
            return;
        }

        Value second = node.Activation(1);
        if (first.Shape.Length < 2 || first.Shape.Length != second.Shape.Length || first.Shape[^1] != second.Shape[^2] || !first.Shape.AsSpan()[..^2].SequenceEqual(second.Shape.AsSpan()[..^2]))
            throw new InputException($"the matrices of one image have the shapes [{string.Join(", ", first.Shape)}] and [{string.Join(", ", second.Shape)}]; they have to be as many, with as many columns as rows");
        int matrices = (int)Tensor.Count(first.Shape.AsSpan()[..^2]);
        node.Give(Add(
            new MatrixMultiply(node.Name, matrices, first.Shape[^2], first.Shape[^1], second.Shape[^1], ExactMultiplier.Rounded),
            Checked([.. first.Shape[..^1], second.Shape[^1]]), first, second));
    }

    Value DenseLayer(NodeReader node, Value input, OnnxTensor matrix, float[] weights, bool isTransposed, float[] bias)
    {
        if (matrix.Shape.Length != 2 || matrix.Shape[isTransposed ? 1 : 0] != input.Shape[^1])
            throw new InputException($"a matrix of the shape [{string.Join(", ", matrix.Shape)}] does not fit rows of {input.Shape[^1]}");
        int inputs = input.Shape[^1], outputs = matrix.Shape[isTransposed ? 0 : 1];
        float[] rows = weights;
        if (!isTransposed)
        {
            rows = new float[weights.Length];
            for (int i = 0; i < weights.Length; i++)
                rows[i % outputs * inputs + i / outputs] = weights[i];
        }

        return Add(
            new Dense(node.Name, inputs, outputs, rows, bias, ExactMultiplier.Rounded, rows: input.Count / inputs),
            Checked([.. input.Shape[..^1], outputs]), input);
    }

    // Number by number.
    Value Scaled(NodeReader node, Value value, float factor) =>
        Combined(node.Name + ".scale", Combination.Multiply, value, null, null, new OnnxTensor([], [factor], null));

    void Binary(NodeReader node, Combination combination)
    {
        if (node.Find(0) is null && node.Find(1) is null)
        {
            node.Give(Folded(node.Constant(0), node.Constant(1), combination));
            return;
        }

        node.Give(Combined(
            node.Name, combination, node.Find(0), node.Find(0) is null ? node.Constant(0) : null, node.Find(1), node.Find(1) is null ? node.Constant(1) : null, isNamed: true));
    }

    Value Combined(string name, Combination combination, Value? left, OnnxTensor? leftConstant, Value? right, OnnxTensor? rightConstant, bool isNamed = false)
    {
        int rank = Math.Max(left?.Rank ?? 0, right?.Rank ?? 0);
        // Aligned at the end; only what has the dimension of images may have as many as the batch.
        int[] LeadingOnes(Value? value, OnnxTensor? constant)
        {
            if (value is not null)
                return value.Rank == rank ? value.Shape : throw new InputException($"tensors of {value.Rank} and {rank} dimensions would mix images");
            int[] shape = constant!.Shape;
            if (shape.Length > rank || (shape.Length == rank && shape[0] != 1))
                throw new InputException($"a constant of the shape [{string.Join(", ", shape)}] does not fit one image, which has {rank - 1} dimensions");
            return shape.Length == rank ? shape[1..] : [.. Enumerable.Repeat(1, rank - 1 - shape.Length), .. shape];
        }

        int[] leftShape = LeadingOnes(left, leftConstant), rightShape = LeadingOnes(right, rightConstant);
        int[] result = Checked(Combine.ShapeOf(leftShape, rightShape));
        var layer = new Combine(
            isNamed ? name : Unique(name), combination, leftShape, rightShape, leftConstant is null ? null : Reals(leftConstant), rightConstant is null ? null : Reals(rightConstant));
        return left is null ? Add(layer, result, right!) : right is null ? Add(layer, result, left) : Add(layer, result, left, right);

        static float[] Reals(OnnxTensor constant) => constant.Reals ?? throw new InputException("a constant of whole numbers meets real ones");
    }

    static OnnxTensor Folded(OnnxTensor left, OnnxTensor right, Combination combination)
    {
        if (left.Count != right.Count && left.Count != 1 && right.Count != 1)
            throw new InputException("constants of different shapes are not combined");
        OnnxTensor like = left.Count >= right.Count ? left : right;
        if (left.Reals is { } a && right.Reals is { } b)
        {
            return like with
            {
                Reals = [.. Enumerable.Range(0, like.Count).Select(i => (Left: a[a.Length == 1 ? 0 : i], Right: b[b.Length == 1 ? 0 : i])).Select(pair => combination switch
                {
                    Combination.Add => pair.Left + pair.Right,
                    Combination.Subtract => pair.Left - pair.Right,
                    Combination.Multiply => pair.Left * pair.Right,
                    Combination.Divide => pair.Left / pair.Right,
                    _ => throw new InputException("it has two constants"),
                })],
            };
        }

        if (left.Integers is not { } c || right.Integers is not { } d)
            throw new InputException("a constant of whole numbers meets one of real numbers");
        return like with
        {
            Integers = [.. Enumerable.Range(0, like.Count).Select(i => Whole(c[c.Length == 1 ? 0 : i], d[d.Length == 1 ? 0 : i]))],
        };

        long Whole(long x, long y) => combination switch
        {
            Combination.Multiply when y == 1 => x,
            Combination.Multiply when x == 1 => y,
            Combination.Divide when y == 1 => x,
            _ when x == OnnxTensor.Batch || y == OnnxTensor.Batch => throw new InputException("it computes with the number of images"),
            Combination.Divide when y == 0 => throw new InputException("it divides by 0"),
            Combination.Add => x + y,
            Combination.Subtract => x - y,
            Combination.Multiply => x * y,
            Combination.Divide => x / y,
            _ => throw new InputException("it has two constants"),
        };
    }

    static void Clip(NodeReader node)
    {
        float least = node.Has(1) ? node.Reals(1)[0] : node.Real("min", float.NegativeInfinity);
        float most = node.Has(2) ? node.Reals(2)[0] : node.Real("max", float.PositiveInfinity);
        node.Give(new Clip(node.Name, least, most), node.Activation(0));
    }

    static void Power(NodeReader node)
    {
        OnnxTensor exponent = node.Constant(1);
        if (exponent.Count != 1)
            throw new InputException("the exponent has to be one number");
        node.Give(Pointwise.Power(node.Name, exponent.Reals?[0] ?? exponent.Integers![0]), node.Activation(0));
    }

    static void Identity(NodeReader node)
    {
        if (node.Find(0) is Value value)
            node.Give(value);
        else
            node.Give(node.Constant(0));
    }

    static void Cast(NodeReader node)
    {
        const int Float = 1, Int32 = 6, Int64 = 7, Double = 11;
        long to = node.Integer("to", 0);
        if (node.Find(0) is Value value)
        {
            if (to is not (Float or Double))
                throw new InputException($"activations are cast to the data type {to}; they stay float");
            node.Give(value);
            return;
        }

        OnnxTensor constant = node.Constant(0);
        node.Give(to switch
        {
            Float or Double when constant.Integers is { } integers => integers.Contains(OnnxTensor.Batch)
                ? throw new InputException("it computes with the number of images")
                : constant with { Reals = [.. integers.Select(number => (float)number)], Integers = null },
            Int32 or Int64 when constant.Reals is { } reals => constant with { Integers = [.. reals.Select(number => (long)number)], Reals = null },
            Float or Double or Int32 or Int64 => constant,
            _ => throw new InputException($"a constant is cast to the data type {to}; float, double, int32 and int64 are read"),
        });
    }

    // Normalisation.
    static void BatchNormalization(NodeReader node)
    {
        Value input = node.Activation(0);
        if (node.Integer("training_mode", 0) != 0)
            throw new InputException("it is in training mode; export the model for inference");
        float[][] numbers = [.. Enumerable.Range(1, 4).Select(node.Weights)];
        if (numbers.Any(own => own.Length != input.Shape[0]))
            throw new InputException($"it has {string.Join(", ", numbers.Select(own => own.Length))} numbers for {input.Shape[0]} channels");
        node.Give(ChannelScale.BatchNormalization(node.Name, numbers[0], numbers[1], numbers[2], numbers[3], node.Real("epsilon", 1e-5f)), input);
    }

    static void LayerNormalization(NodeReader node)
    {
        Value input = node.Activation(0);
        int axis = NodeReader.Axis(node.Integer("axis", -1), input);
        float[] gamma = node.Weights(1), beta = node.Has(2) ? node.Weights(2) : new float[gamma.Length];
        if (gamma.Length != Tensor.Count(input.Shape.AsSpan(axis)) || beta.Length != gamma.Length)
            throw new InputException($"it has {gamma.Length} factors and {beta.Length} shifts for [{string.Join(", ", input.Shape[axis..])}]");
        node.Give(new LayerNormalization(node.Name, gamma, beta, node.Real("epsilon", 1e-5f)), input);
    }

    void Softmax(NodeReader node, bool logarithm)
    {
        Value input = node.Activation(0);
        // Before version 13 all dimensions from the axis on are one.
        int axis = NodeReader.Axis(node.Integer("axis", version < 13 ? 1 : -1), input);
        int inner = version < 13 ? 1 : (int)Tensor.Count(input.Shape.AsSpan(axis + 1));
        int length = version < 13 ? (int)Tensor.Count(input.Shape.AsSpan(axis)) : input.Shape[axis];
        node.Give(new Softmax(node.Name, length, inner, logarithm), input);
    }

    // Windows.
    static void Pooled(NodeReader node, Pooling pooling)
    {
        Value input = node.Activation(0);
        if (node.Outputs > 1)
            throw new InputException("it gives places too; only its first output is read");
        long[] kernel = node.List("kernel_shape") ?? throw new InputException("kernel_shape is missing");
        Window window = Window.Of(node, input, kernel.Length, [.. kernel.Select(size => Whole(size, "kernel_shape"))]);
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

        if ((long)outputHeight * outputWidth * window.Kernel.Height * window.Kernel.Width > MostNumbers)
            throw new InputException($"{outputHeight} × {outputWidth} windows of {window.Kernel.Height} × {window.Kernel.Width} have more than {MostNumbers} numbers");
        int[][] windows = new int[outputHeight * outputWidth][];
        float[] divisors = new float[windows.Length];
        bool countsPadding = node.Integer("count_include_pad", 0) != 0;
        for (int i = 0; i < windows.Length; i++)
        {
            var places = new List<int>();
            int padded = 0;
            int top = i / outputWidth * window.Stride.Height - window.Padding.Top, left = i % outputWidth * window.Stride.Width - window.Padding.Left;
            for (int row = 0; row < window.Kernel.Height; row++)
            {
                for (int column = 0; column < window.Kernel.Width; column++)
                {
                    int y = top + row * window.Dilation.Height, x = left + column * window.Dilation.Width;
                    if ((uint)y < (uint)height && (uint)x < (uint)width)
                        places.Add(y * width + x);
                    // Not what lies beyond the padding, where the last window is rounded up.
                    if (y < height + window.Padding.Bottom && x < width + window.Padding.Right)
                        padded++;
                }
            }

            if (places.Count == 0)
                throw new InputException("a window covers nothing but padding");
            windows[i] = [.. places];
            divisors[i] = countsPadding ? padded : places.Count;
        }

        node.Give(new Pool(node.Name, pooling, plane, windows, divisors), shape, input);
    }

    static void GlobalMaximum(NodeReader node)
    {
        Value input = node.Activation(0);
        int[] ones = [.. Enumerable.Repeat(1, input.Shape.Length - 1)];
        node.Give(new Pool(node.Name, Pooling.Max, ones, [[.. Enumerable.Range(0, input.Count / input.Shape[0])]]), [input.Shape[0], .. ones], input);
    }

    static void ReduceMean(NodeReader node)
    {
        Value input = node.Activation(0);
        long[] axes = node.ListOrInput("axes", 1) ?? throw new InputException("it has no axes, so it would mix images");
        Average(node, input, [.. axes.Select(axis => NodeReader.Axis(axis, input))], node.Integer("keepdims", 1) != 0);
    }

    static void Average(NodeReader node, Value input, int[] axes, bool keep)
    {
        int[] shape = [.. input.Shape.Select((dimension, axis) => axes.Contains(axis) ? 1 : dimension).Where((_, axis) => keep || !axes.Contains(axis))];
        node.Give(new Mean(node.Name, input.Shape, axes, keep), shape, input);
    }

    // Shapes.
    static void Shape(NodeReader node)
    {
        if (node.Find(0) is not Value value)
        {
            node.Give(OnnxTensor.List([.. node.Constant(0).Shape.Select(dimension => (long)dimension)]));
            return;
        }

        long[] shape = [OnnxTensor.Batch, .. value.Shape.Select(dimension => (long)dimension)];
        long start = node.Integer("start", 0), end = node.Integer("end", shape.Length);
        node.Give(OnnxTensor.List(shape[Bounded(start, shape.Length)..Bounded(end, shape.Length)]));
    }

    void ConstantValue(NodeReader node)
    {
        if (node.Attribute("value")?.T is TensorProto tensor)
            node.Give(OnnxTensor.Read(tensor, folder));
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

    /// <summary>The same number everywhere; that of images is 1, since a constant is the same for all.</summary>
    void ConstantOfShape(NodeReader node)
    {
        int[] shape = Checked(node.Integers(0).Select(dimension => dimension == OnnxTensor.Batch ? 1 : Whole(dimension, "a dimension")));
        OnnxTensor number = node.Attribute("value")?.T is TensorProto tensor ? OnnxTensor.Read(tensor, folder) : new OnnxTensor([1], [0], null);
        node.Give(number.Reals is { Length: > 0 } reals
            ? new OnnxTensor(shape, [.. Enumerable.Repeat(reals[0], (int)Tensor.Count(shape))], null)
            : new OnnxTensor(shape, null, [.. Enumerable.Repeat(number.Integers is { Length: > 0 } integers ? integers[0] : 0, (int)Tensor.Count(shape))]));
    }

    /// <summary>A constant repeated for every image, which is the constant.</summary>
    void Expand(NodeReader node)
    {
        int[] target = Checked(node.Integers(1).Select((dimension, place) => place == 0 && (dimension == OnnxTensor.Batch || (batch > 0 && dimension == batch)) ? 1 : Whole(dimension, "a dimension")));
        if (node.Find(0) is not null)
            throw new InputException("activations are expanded; only constants are");
        OnnxTensor constant = node.Constant(0);
        float[] numbers = node.Reals(0);
        var ones = new Combine(Unique(node.Name), Combination.Multiply, Padded(constant.Shape), target);
        node.Give(new OnnxTensor(target, ones.Forward([new Tensor(numbers, [1, .. Padded(constant.Shape)]), new Tensor([.. Enumerable.Repeat(1f, (int)Tensor.Count(target))], [1, .. target])], 1).Data, null));

        int[] Padded(int[] shape) => [.. Enumerable.Repeat(1, Math.Max(0, target.Length - shape.Length)), .. shape];
    }

    void Reshaped(NodeReader node)
    {
        long[] wanted = node.Integers(1);
        if (node.Find(0) is not Value input)
        {
            OnnxTensor constant = node.Constant(0);
            int[] all = Resolved(wanted, [.. constant.Shape.Select(dimension => (long)dimension)], constant.Count);
            node.Give(constant with { Shape = all });
            return;
        }

        bool keepsImages = wanted.Length > 0 && (wanted[0] is OnnxTensor.Batch or 0 or -1 || (batch > 0 && wanted[0] == batch));
        if (!keepsImages || wanted.AsSpan(1).Contains(OnnxTensor.Batch))
            throw new InputException($"the shape [{string.Join(", ", wanted.Select(dimension => dimension == OnnxTensor.Batch ? "images" : $"{dimension}"))}] mixes images; the first dimension has to be theirs");
        int[] shape = Resolved(wanted[1..], [.. input.Shape.Select(dimension => (long)dimension)], input.Count);
        node.Give(new Reshape(node.Name, shape), shape, input);
    }

    /// <summary>A shape with −1 for what is left and 0 for what stays.</summary>
    static int[] Resolved(long[] wanted, long[] old, int count)
    {
        long[] shape = [.. wanted.Select((dimension, place) => dimension == 0 && place < old.Length ? old[place] : dimension)];
        long known = shape.Where(dimension => dimension != -1).Aggregate(1L, (product, dimension) => dimension is > 0 and <= MostNumbers ? Math.Min(product * dimension, MostNumbers + 1L) : 0);
        if (shape.Count(dimension => dimension == -1) is int open && open > 1 || known == 0 || count % known != 0 || (open == 0 && known != count))
            throw new InputException($"{count} numbers do not take the shape [{string.Join(", ", wanted)}]");
        return [.. shape.Select(dimension => (int)(dimension == -1 ? count / known : dimension))];
    }

    static void Flatten(NodeReader node)
    {
        Value input = node.Activation(0);
        long axis = node.Integer("axis", 1);
        if (axis != 1 && axis != 1 - input.Rank)
            throw new InputException($"its axis is {axis}, which mixes images; it has to be 1");
        node.Give(new Reshape(node.Name, [input.Count]), [input.Count], input);
    }

    static void Squeeze(NodeReader node)
    {
        long[]? axes = node.ListOrInput("axes", 1);
        if (node.Find(0) is not Value input)
        {
            OnnxTensor constant = node.Constant(0);
            node.Give(constant with { Shape = axes is null ? [.. constant.Shape.Where(dimension => dimension != 1)] : [.. constant.Shape.Where((_, axis) => !axes.Contains(axis) && !axes.Contains(axis - constant.Shape.Length))] });
            return;
        }

        int[] own = axes is null
            ? [.. Enumerable.Range(0, input.Shape.Length).Where(axis => input.Shape[axis] == 1)]
            : [.. axes.Select(axis => NodeReader.Axis(axis, input))];
        if (own.Any(axis => input.Shape[axis] != 1))
            throw new InputException("it takes away a dimension that is not 1");
        int[] shape = [.. input.Shape.Where((_, axis) => !own.Contains(axis))];
        node.Give(new Reshape(node.Name, shape), shape, input);
    }

    static void Unsqueeze(NodeReader node)
    {
        long[] axes = node.ListOrInput("axes", 1) ?? throw new InputException("it has no axes");
        if (node.Find(0) is not Value input)
        {
            OnnxTensor constant = node.Constant(0);
            node.Give(constant with { Shape = Inserted(constant.Shape, constant.Shape.Length, axes) });
            return;
        }

        int rank = input.Rank + axes.Length;
        if (axes.Any(axis => axis == 0 || axis == -rank))
            throw new InputException("it puts a dimension before that of the images");
        int[] shape = Inserted(input.Shape, input.Rank, [.. axes.Select(axis => axis < 0 ? axis + rank : axis)])[..];
        node.Give(new Reshape(node.Name, shape), shape, input);

        static int[] Inserted(int[] shape, int rank, long[] axes)
        {
            int all = rank + axes.Length, offset = rank - shape.Length;
            var left = new Queue<int>(shape);
            var result = new List<int>();
            for (int axis = offset; axis < all; axis++)
                result.Add(axes.Contains(axis) || axes.Contains(axis - all) ? 1 : left.Count > 0 ? left.Dequeue() : throw new InputException($"it has the axes {string.Join(", ", axes)}"));
            return [.. result];
        }
    }

    static void Transpose(NodeReader node)
    {
        Value input = node.Activation(0);
        long[] order = node.List("perm") ?? [.. Enumerable.Range(0, input.Rank).Reverse().Select(axis => (long)axis)];
        if (order.Length != input.Rank || order[0] != 0 || !order.Order().SequenceEqual(Enumerable.Range(0, input.Rank).Select(axis => (long)axis)))
            throw new InputException($"its order [{string.Join(", ", order)}] has to be one of {input.Rank} dimensions that leaves the images first");
        int[] axes = [.. order[1..].Select(axis => (int)axis - 1)], shape = [.. axes.Select(axis => input.Shape[axis])];
        int[] strides = Strides(input.Shape);
        node.Give(new Rearrange(node.Name, shape, Places(shape, (axis, place) => place * strides[axes[axis]])), shape, input);
    }

    void Concat(NodeReader node)
    {
        long axis = node.Integer("axis", 0);
        if (Enumerable.Range(0, node.Inputs).All(input => node.Find(input) is null))
        {
            OnnxTensor[] all = [.. Enumerable.Range(0, node.Inputs).Select(node.Constant)];
            if (all.Any(one => one.Shape.Length != 1 || one.Integers is null))
                throw new InputException("constants are put behind each other; that is read of lists of whole numbers");
            node.Give(OnnxTensor.List([.. all.SelectMany(one => one.Integers!)]));
            return;
        }

        Value like = Enumerable.Range(0, node.Inputs).Select(node.Find).OfType<Value>().First();
        int own = NodeReader.Axis(axis, like);
        var parts = new List<(int, float[]?)>();
        var inputs = new List<Value>();
        int length = 0;
        for (int input = 0; input < node.Inputs; input++)
        {
            Value? value = node.Find(input);
            int[] shape = value?.Shape ?? (node.Constant(input).Shape is [1, .. int[] rest] ? rest : throw new InputException("a constant among them has to have 1 for the number of images"));
            if (shape.Length != like.Shape.Length || shape.Where((dimension, place) => place != own && dimension != like.Shape[place]).Any())
                throw new InputException($"[{string.Join(", ", shape)}] does not go behind [{string.Join(", ", like.Shape)}]");
            parts.Add((shape[own], value is null ? node.Reals(input) : null));
            if (value is not null)
                inputs.Add(value);
            length += shape[own];
        }

        int[] result = Checked(like.Shape.Select((dimension, place) => place == own ? length : dimension));
        node.Give(Add(new Concatenate(node.Name, result, own, parts), result, [.. inputs]));
    }

    static void Split(NodeReader node)
    {
        Value input = node.Activation(0);
        int axis = NodeReader.Axis(node.Integer("axis", 0), input);
        long[] lengths = node.ListOrInput("split", 1) ?? EvenLengths();
        if (lengths.Length != node.Outputs || lengths.Any(length => length < 1) || lengths.Sum() != input.Shape[axis])
            throw new InputException($"[{string.Join(", ", lengths)}] are not parts of {input.Shape[axis]}, one for each of {node.Outputs} outputs");
        int start = 0, part = 0;
        int[] strides = Strides(input.Shape);
        foreach (int length in lengths.Select(length => (int)length))
        {
            int[] shape = [.. input.Shape];
            shape[axis] = length;
            int first = start;
            node.Give(node.Part(new Rearrange($"{node.Name}.{part + 1}", shape, Places(shape, (place, index) => (index + (place == axis ? first : 0)) * strides[place])), shape, input), part++);
            start += length;
        }

        long[] EvenLengths()
        {
            long size = (input.Shape[axis] + node.Outputs - 1) / node.Outputs;
            return [.. Enumerable.Range(0, node.Outputs).Select(i => Math.Min(size, input.Shape[axis] - i * size))];
        }
    }

    static void Slice(NodeReader node)
    {
        long[] starts = node.ListOrInput("starts", 1) ?? throw new InputException("starts is missing"), ends = node.ListOrInput("ends", 2) ?? throw new InputException("ends is missing");
        long[] axes = node.ListOrInput("axes", 3) ?? [.. Enumerable.Range(0, starts.Length).Select(axis => (long)axis)];
        long[] steps = node.Has(4) ? node.Integers(4) : [.. Enumerable.Repeat(1L, starts.Length)];
        if (ends.Length != starts.Length || axes.Length != starts.Length || steps.Length != starts.Length || steps.Any(step => step is 0 or < int.MinValue or > int.MaxValue))
            throw new InputException("it has to have as many starts as ends, axes and steps, and no step of 0");
        if (node.Find(0) is not Value input)
        {
            OnnxTensor list = node.Constant(0);
            if (list.Integers is not { } numbers || list.Shape.Length != 1 || starts.Length != 1)
                throw new InputException("a constant is cut; that is read of lists of whole numbers");
            (int from, int count) = Cut(starts[0], ends[0], steps[0], numbers.Length);
            node.Give(OnnxTensor.List([.. Enumerable.Range(0, count).Select(i => numbers[from + i * steps[0]])]));
            return;
        }

        int[] shape = [.. input.Shape], firsts = new int[shape.Length], ways = [.. Enumerable.Repeat(1, shape.Length)];
        for (int i = 0; i < starts.Length; i++)
        {
            int axis = NodeReader.Axis(axes[i], input);
            (firsts[axis], shape[axis]) = Cut(starts[i], ends[i], steps[i], input.Shape[axis]);
            ways[axis] = (int)steps[i];
        }

        int[] strides = Strides(input.Shape), result = Checked(shape);
        node.Give(new Rearrange(node.Name, result, Places(result, (axis, index) => (firsts[axis] + index * ways[axis]) * strides[axis])), result, input);
    }

    /// <summary>The first of the places from a start to before an end, and how many there are; negative ones count from behind.</summary>
    static (int First, int Count) Cut(long start, long end, long step, int length)
    {
        long low = step > 0 ? 0 : -1, high = step > 0 ? length : length - 1;
        long from = Math.Clamp(start < 0 ? start + length : start, step > 0 ? 0 : 0, high), to = Math.Clamp(end < 0 && end >= -length ? end + length : end, low, step > 0 ? length : length - 1);
        long count = step > 0 ? (to - from + step - 1) / step : (from - to - step - 1) / -step;
        return ((int)from, (int)Math.Max(0, count));
    }

    static void Pad(NodeReader node)
    {
        Value input = node.Activation(0);
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
            if ((axes[i] < 0 ? axes[i] + input.Rank : axes[i]) == 0 && sides[i] == 0 && sides[i + axes.Length] == 0)
                continue;
            int axis = NodeReader.Axis(axes[i], input);
            before[axis] = sides[i];
            shape[axis] = Math.Clamp(sides[i], int.MinValue, int.MaxValue) + Math.Clamp(sides[i + axes.Length], int.MinValue, int.MaxValue) + shape[axis];
        }

        int[] result = Checked(shape), strides = Strides(input.Shape);
        node.Give(new Rearrange(node.Name, result, Places(result, (axis, index) => Source(index - before[axis], input.Shape[axis]) is int place and >= 0 ? place * strides[axis] : -1), constant), result, input);

        int Source(long index, int length)
        {
            if (index >= 0 && index < length)
                return (int)index;
            if (mode == "edge")
                return index < 0 ? 0 : length - 1;
            long mirrored = index < 0 ? -index : 2L * (length - 1) - index;
            return mode == "constant" ? -1 : mirrored >= 0 && mirrored < length ? (int)mirrored : throw new InputException("it reflects more than there is");
        }
    }

    static void Gather(NodeReader node)
    {
        OnnxTensor indices = node.Constant(1);
        long[] wanted = node.Integers(1);
        long axis = node.Integer("axis", 0);
        if (node.Find(0) is not Value input)
        {
            OnnxTensor list = node.Constant(0);
            if (list.Integers is not { } numbers || list.Shape.Length != 1)
                throw new InputException("a constant is picked from; that is read of lists of whole numbers");
            node.Give(new OnnxTensor(indices.Shape, null, [.. wanted.Select(index => numbers[Place(index, numbers.Length)])]));
            return;
        }

        int own = NodeReader.Axis(axis, input);
        int[] places = [.. wanted.Select(index => Place(index, input.Shape[own]))];
        int[] picked = Checked([.. input.Shape[..own], places.Length, .. input.Shape[(own + 1)..]]), strides = Strides(input.Shape);
        int[] shape = [.. input.Shape[..own], .. indices.Shape, .. input.Shape[(own + 1)..]];
        node.Give(new Rearrange(node.Name, shape, Places(picked, (place, index) => (place == own ? places[index] : index) * strides[place])), shape, input);

        static int Place(long index, int length) => index >= -length && index < length
            ? (int)(index < 0 ? index + length : index)
            : throw new InputException($"it picks place {index} of {length}");
    }

    /// <summary>For each place of a shape the sum over its dimensions of what their indices give; −1 where one gives a negative number.</summary>
    static int[] Places(int[] shape, Func<int, int, int> part)
    {
        int[][] parts = [.. shape.Select((dimension, axis) => Enumerable.Range(0, dimension).Select(index => part(axis, index)).ToArray())];
        int[] places = new int[Tensor.Count(shape)];
        for (int i = 0; i < places.Length; i++)
        {
            for (int axis = shape.Length - 1, rest = i; axis >= 0 && places[i] >= 0; rest /= shape[axis], axis--)
            {
                int own = parts[axis][rest % shape[axis]];
                places[i] = own < 0 ? -1 : places[i] + own;
            }
        }

        return places;
    }

    static int[] Strides(int[] shape)
    {
        int[] strides = new int[shape.Length];
        for (int axis = shape.Length - 1, stride = 1; axis >= 0; stride *= shape[axis], axis--)
            strides[axis] = stride;
        return strides;
    }

    static int Bounded(long place, int length) => (int)Math.Clamp(place < 0 ? place + length : place, 0, length);

    static int Whole(long number, string what) => number is >= 1 and <= MostNumbers
        ? (int)number
        : throw new InputException($"{what} is {number}; it has to be from 1 to {MostNumbers}");
}
