using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Kernels;
using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Formats.Onnx;

/// <content>Operators that multiply and accumulate.</content>
sealed partial class OnnxImport
{
    void Convolution(NodeReader node)
    {
        Value input = node.Activation(0);
        float[] filters = node.Weights(1), bias = node.Has(2) ? node.Weights(2) : [];
        int[] filterShape = FilterShape(node);
        Window window = Window.Of(node, input, filterShape.Length - 2, filterShape[2..]);
        int groups = Int32(node.Integer("group", 1), "group");
        if (input.Shape[0] != (long)filterShape[1] * groups)
            throw new InputException($"filters of {filterShape[1]} channels in {groups} groups do not fit {input.Shape[0]} channels");
        if (window.IsVolume)
        {
            VolumeConvolution(node, input, window, groups);
            return;
        }

        var shape = new ConvolutionShape(input.Shape[0], filterShape[0], window.Kernel.Height, window.Kernel.Width)
        {
            Stride = window.Stride,
            Padding = window.Padding,
            Dilation = window.Dilation,
            Groups = groups,
        };
        Quantisation? quantisation = QuantisationOf(node, 0, 1, 0, ref input);
        ConvolutionLayer(node, input, shape, window, filters, bias, quantisation);
        node.Holds("weight", 1);
        node.Holds("bias", 2, shape.OutputChannels);
    }

    /// <summary>A convolution of volumes: a dense layer whose rows are the windows, with padding as zeros.</summary>
    void VolumeConvolution(NodeReader node, Value input, Window window, int groups)
    {
        if (groups != 1)
            throw new InputException($"it is a convolution of volumes in {groups} groups; those in one group are read");
        int[] volume = input.Shape[1..], counts = window.Counts(volume);
        int channels = input.Shape[0], filters = node.Constant(1).Shape[0], area = (int)Tensor.Count(volume);
        Checked(filters, Tensor.Count(Checked(counts)));
        int taps = (int)Tensor.Count(Checked(window.Sizes)), windows = (int)Tensor.Count(counts);
        int[] rows = Checked(windows, (long)channels * taps);
        Charge(2 * Tensor.Count(rows));
        int[] sources = new int[Tensor.Count(rows)], index = new int[counts.Length];
        for (int i = 0; i < windows; i++)
        {
            for (int axis = counts.Length - 1, rest = i; axis >= 0; rest /= counts[axis], axis--)
                index[axis] = rest % counts[axis];
            int[] elements = window.Elements(volume, index);
            for (int channel = 0; channel < channels; channel++)
            {
                for (int tap = 0; tap < taps; tap++)
                    sources[(i * channels + channel) * taps + tap] = elements[tap] < 0 ? -1 : channel * area + elements[tap];
            }
        }

        Quantisation? quantisation = QuantisationOf(node, 0, 1, 0, ref input);
        Value unfolded = Add(new Rearrange(Unique(node.Name + ".windows"), rows, sources), rows, input);
        OnnxTensor matrix = node.Constant(1) with { Shape = [filters, rows[1]] };
        Value product = DenseLayer(node, 1, unfolded, matrix, isTransposed: true, node.Has(2) ? node.Weights(2) : [], quantisation);
        node.Holds("bias", 2, filters);
        Value planes = Transposed(product, node.Name + ".filters");
        node.Give(Add(new Reshape(Unique(node.Name + ".volume"), [filters, .. counts]), [filters, .. counts], planes));
    }

    static int[] FilterShape(NodeReader node) => node.Constant(1).Shape is { Length: >= 3 } shape && shape.All(dimension => dimension > 0)
        ? shape
        : throw new InputException(
            $"its filters have the shape [{string.Join(", ", node.Constant(1).Shape)}]; it has to be that of filters and channels and the "
                + "sizes of a window, all above 0");

    /// <summary>Also a 1-D convolution: its lines are images of one row.</summary>
    void ConvolutionLayer(
        NodeReader node, Value input, ConvolutionShape shape, Window window, float[] filters, float[] bias,
        Quantisation? quantisation = null)
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
        var layer = new Convolution2D(node.Name, shape, input.Shape[1], input.Shape[2], filters, bias, ExactMultiplier.Rounded);
        Value result = Add(Quantised(layer, quantisation), output, input);
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
        if (GiveProductOfConstants(node))
            return;
        Value input = node.Activation(0, inAnyLayout: true);
        if (node.Integer("transA", 0) != 0 || input.Rank != 2)
            throw new InputException("the first matrix has to have a row for each image");
        _ = input.Axis(-1);
        OnnxTensor matrix = node.Constant(1);
        if (matrix.Shape.Length != 2)
            throw new InputException($"the second matrix has the shape [{string.Join(", ", matrix.Shape)}]; it has to have two dimensions");
        bool isTransposed = node.Integer("transB", 0) != 0;
        float alpha = node.Real("alpha", 1), beta = node.Real("beta", 1);
        int outputs = matrix.Shape[isTransposed ? 0 : 1];
        Quantisation? quantisation = QuantisationOf(node, 0, 1, isTransposed ? 0 : 1, ref input);
        Value result;
        if (node.Has(2) && alpha == 1 && beta == 1 && node.IsConstant(2) && node.Constant(2).Count == outputs)
        {
            result = DenseLayer(node, 1, input, matrix, isTransposed, node.Weights(2), quantisation);
            node.Holds("bias", 2);
        }
        else
        {
            result = DenseLayer(node, 1, input, matrix, isTransposed, [], quantisation);
            if (!node.Has(2) && alpha == 1 && beta == 1)
                node.Holds("bias", 2, outputs);
            else
                node.WouldAddBias([outputs], alpha);
            if (alpha != 1)
                result = Scaled(node, result, alpha);
            if (node.Has(2) && node.Find(2, inAnyLayout: true) is Value other)
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

    /// <summary>
    /// The product of two constant matrices, which is exact as everything that is computed here; false if one is no constant.
    /// </summary>
    bool GiveProductOfConstants(NodeReader node)
    {
        if (!node.IsConstant(0) || !node.IsConstant(1) || node.Has(2) && !node.IsConstant(2))
            return false;
        OnnxTensor left = node.Constant(0), right = node.Constant(1);
        bool isTransposed = node.Integer("transB", 0) != 0;
        if (left.Shape is not [int rows, int inner] || right.Shape is not [int first, int second]
            || inner != (isTransposed ? second : first)
            || node.Integer("transA", 0) != 0 || node.Real("alpha", 1) != 1 || node.Real("beta", 1) != 1)
            throw new InputException("it multiplies two constants that are no two matrices as they stand");
        int columns = isTransposed ? first : second;
        float[] a = node.Reals(0), b = node.Reals(1), product = new float[Tensor.Count(Checked(rows, columns))];
        Charge(product.Length);
        if ((long)product.Length * inner > MaxNumbersOfAll)
            throw new InputException($"it multiplies constants of {rows} × {inner} and {inner} × {columns} numbers, which are too many");
        for (int i = 0; i < product.Length; i++)
        {
            int row = i / columns, column = i % columns;
            double sum = 0;
            for (int k = 0; k < inner; k++)
                sum += (double)a[row * inner + k] * b[isTransposed ? column * inner + k : k * columns + column];
            product[i] = (float)sum;
        }

        var result = new OnnxTensor([rows, columns], product, null);
        node.Give(node.Has(2) ? Folded(node, result, node.Constant(2), Combination.Add) : result);
        return true;
    }

    void MatrixProduct(NodeReader node)
    {
        if (GiveProductOfConstants(node))
            return;
        if (node.Any(0, inAnyLayout: true).Constant is OnnxTensor left)
        {
            // A·X is the transpose of Xᵀ·Aᵀ, in which the activation is the first operand.
            Value columns = node.Activation(1);
            if (columns.Shape.Length < 2)
                throw new InputException(
                    $"a constant times rows [{string.Join(", ", columns.Shape)}] of each image mixes images; the second matrix has to be "
                        + "of one image");
            Quantisation? leftQuantisation = QuantisationOf(node, 1, 0, left.Shape.Length - 2, ref columns);
            Value rows = Transposed(columns, node.Name + ".flipped");
            OnnxTensor matrix = Matrix(left, rows);
            Value flipped = DenseLayer(node, 0, rows, matrix, isTransposed: true, [], leftQuantisation);
            node.Give(Transposed(flipped, node.Name + ".back"));
            node.WouldAddBias([matrix.Shape[0], 1]);
            return;
        }

        Value first = node.Activation(0, inAnyLayout: true), second = node.Any(1, inAnyLayout: true);
        _ = first.Axis(-1);
        if (second.Constant is { Shape.Length: 1 } column)
        {
            // Each row becomes one number.
            Quantisation? columnQuantisation = QuantisationOf(node, 0, 1, 1, ref first);
            OnnxTensor matrix = column with { Shape = [column.Count, 1] };
            Value sums = DenseLayer(node, 1, first, matrix, isTransposed: false, [], columnQuantisation);
            node.WouldAddBias([1]);
            Value row = Add(new Reshape(Unique(node.Name + ".row"), first.Shape[..^1]), first.Shape[..^1], sums);
            node.Give(row with { Layout = first.Layout });
            return;
        }

        if (second.Constant is OnnxTensor right)
        {
            OnnxTensor matrix = Matrix(right, first);
            Quantisation? quantisation = QuantisationOf(node, 0, 1, right.Shape.Length - 1, ref first);
            node.Give(DenseLayer(node, 1, first, matrix, isTransposed: false, [], quantisation));
            node.WouldAddBias([right.Shape[^1]]);
            return;
        }

        bool areApart = Math.Min(first.Rank, second.Rank) > 2 && first.Layout == second.Layout && !first.IsImages(-2)
            && !second.IsImages(-1) && !second.IsImages(-2);
        if (!areApart || first.Shape.Length != second.Shape.Length || first.Shape[^1] != second.Shape[^2])
            throw new InputException(
                $"the matrices of one image have the shapes [{string.Join(", ", first.Shape)}] and [{string.Join(", ", second.Shape)}]; "
                    + "they have to have as many dimensions, at least 2, and as many columns as rows");
        int[] matrices = Combine.ShapeOf(first.Shape.AsSpan()[..^2], second.Shape.AsSpan()[..^2]);
        first = Repeated(first, "first");
        second = Repeated(second, "second");
        Value product = Add(
            new MatrixMultiply(
                node.Name, (int)Tensor.Count(matrices), first.Shape[^2], first.Shape[^1], second.Shape[^1], ExactMultiplier.Rounded),
            Checked([.. first.Shape[..^1], second.Shape[^1]]), first, second);
        node.Give(product with { Layout = first.Layout });

        // Repeats the matrices to the number of the others.
        Value Repeated(Value value, string which)
        {
            int[] shape = Checked([.. matrices, .. value.Shape[^2..]]);
            return shape.AsSpan().SequenceEqual(value.Shape)
                ? value
                : Moved(value, $"{node.Name}.{which}", shape, RepeatedPart(value.Shape)) with { Layout = value.Layout };
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
    Value DenseLayer(
        NodeReader node, int matrixInput, Value input, OnnxTensor matrix, bool isTransposed, float[] bias, Quantisation? quantisation)
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
        var layer = new Dense(node.Name, inputs, outputs, rows, bias, ExactMultiplier.Rounded, rows: input.Count / inputs);
        Value product = Add(Quantised(layer, quantisation), Checked([.. input.Shape[..^1], outputs]), input);
        return product with { Layout = input.Layout };

        int Place(int index) => index % outputs * inputs + index / outputs;
    }
}
