using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Formats.Onnx;

/// <content>
/// Quantised networks. Between QuantizeLinear and DequantizeLinear the file has integers, and the network the real numbers that they stand
/// for. Layers whose inputs and weights are dequantised integers multiply integers.
/// </content>
sealed partial class OnnxImport
{
    // What moves numbers, or selects some of them.
    static readonly HashSet<string> Movers =
    [
        "DepthToSpace", "Dropout", "Expand", "Flatten", "Gather", "GlobalMaxPool", "Identity", "MaxPool", "Reshape", "Slice",
        "SpaceToDepth", "Split", "Squeeze", "Transpose", "Unsqueeze",
    ];

    // By the names of tensors.
    readonly Dictionary<string, Grid> grids = [];

    /// <summary>What is known of a tensor whose numbers stand for integers.</summary>
    /// <param name="Formats">One for all numbers, or of constants one for each index of an axis.</param>
    /// <param name="Axis">The axis of several.</param>
    /// <param name="IsInteger">Whether the file has the integers there.</param>
    /// <param name="Before">What was rounded, where nothing has happened since.</param>
    sealed record Grid(AffineQuantisation[] Formats, int Axis = 0, bool IsInteger = false, Value? Before = null)
    {
        /// <summary>Whether the numbers are of the same one quantisation, and both integers or both not.</summary>
        public bool IsLike(Grid? other) =>
            other is { Formats.Length: 1 } && Formats.Length == 1 && Formats[0] == other.Formats[0] && IsInteger == other.IsInteger;
    }

    void Quantize(NodeReader node)
    {
        Value input = node.Any(0, inAnyLayout: true);
        Grid? given = grids.GetValueOrDefault(node.InputNames[0]);
        IntegerFormat? wanted = node.Integer("output_dtype", 0) is long type and not 0
            ? OnnxTensor.IntegerFormatOf(type) ?? throw new InputException(
                $"it quantises to {OnnxTensor.NameOf(type)}; uint8, int8, uint4 and int4 are read")
            : null;
        IntegerFormat format = wanted ?? (node.Has(2)
            ? node.Constant(2).Format ?? throw new InputException("its zero point is of another type than uint8, int8, uint4 and int4")
            : IntegerFormat.UInt8);
        (AffineQuantisation[] formats, int axis) = Formats(node, format, input);
        if (input.Constant is not null)
        {
            float[] reals = node.Reals(0);
            Charge(reals.Length);
            Func<int, int> place = PlaceOf(input.Shape, axis, formats.Length);
            node.Give(new OnnxTensor(input.Shape, null, [.. reals.Select((real, i) => (long)formats[place(i)].Quantise(real))])
            {
                Format = format,
            });
            return;
        }

        var grid = new Grid(OfActivations(formats), IsInteger: true, Before: input);
        if (grid.IsLike(given is null ? null : given with { IsInteger = !given.IsInteger }))
        {
            node.Give(input);
            grid = given! with { IsInteger = true };
        }
        else
        {
            node.Give(Add(new Rounding(node.Name, formats[0]), input.Shape, input) with { Layout = input.Layout });
        }

        ThrowIfIntegers(node.InputNames[0], given);
        grids[node.OutputNames[0]] = grid;
    }

    void Dequantize(NodeReader node)
    {
        Value input = node.Any(0, inAnyLayout: true);
        if (input.Constant is not null)
        {
            DequantizeConstant(node, input);
            return;
        }

        if (grids.GetValueOrDefault(node.InputNames[0]) is not { IsInteger: true } grid)
            throw new InputException($"its input 1, '{node.InputNames[0]}', is of no integers that QuantizeLinear gives");
        AffineQuantisation from = grid.Formats[0], to = OfActivations(Formats(node, from.Format, input).Formats)[0];
        if (from != to)
        {
            // The integers are numbers divided by the scale.
            Value integers = Combined(
                node.Name + ".divide", Combination.Divide, input, null, null, new OnnxTensor([], [from.Scale], null));
            integers = Add(Pointwise.Round(Unique(node.Name + ".round")), input.Shape, integers) with { Layout = input.Layout };
            if (from.ZeroPoint != to.ZeroPoint)
            {
                integers = Combined(
                    node.Name + ".shift", Combination.Add, integers, null, null,
                    new OnnxTensor([], [from.ZeroPoint - to.ZeroPoint], null));
            }

            input = Scaled(node, integers, to.Scale);
            grid = new Grid([to]);
        }

        node.Give(input);
        grids[node.OutputNames[0]] = grid with { IsInteger = false };
    }

    /// <summary>Integers of 4 or 8 bits are on a grid; those of more, as biases are, become real numbers alone.</summary>
    void DequantizeConstant(NodeReader node, Value input)
    {
        long[] integers = node.Integers(0);
        Charge(integers.Length);
        if (input.Constant!.Format is IntegerFormat format)
        {
            if (integers.FirstOrDefault(one => one < format.Low || one > format.High, format.Low) is long outside && outside != format.Low)
                throw new InputException($"its input 1 holds {outside}, which is no {format}");
            (AffineQuantisation[] formats, int axis) = Formats(node, format, input);
            Func<int, int> place = PlaceOf(input.Shape, axis, formats.Length);
            float[] reals = [.. integers.Select((one, i) => formats[place(i)].Dequantise((int)one))];
            node.Give(new OnnxTensor(input.Shape, reals, null));
            grids[node.OutputNames[0]] = new Grid(formats, axis);
            return;
        }

        (float[] scales, long[] zeros, int own) = Scales(node, input);
        if (Array.FindIndex(scales, scale => !(scale > 0) || !float.IsFinite(scale)) is int index and >= 0)
            throw new InputException($"the scale {scales[index]} is no positive finite number");
        Func<int, int> where = PlaceOf(input.Shape, own, scales.Length);
        node.Give(new OnnxTensor(
            input.Shape, [.. integers.Select((one, i) => scales[where(i)] * checked(one - zeros[where(i)]))], null));
    }

    /// <summary>Clip, also of integers: those of fewer than eight bits are written as ones of eight that are clipped.</summary>
    void ClipNumbers(NodeReader node)
    {
        Value input = node.Any(0, inAnyLayout: true);
        Grid? grid = grids.GetValueOrDefault(node.InputNames[0]) is { IsInteger: true } own ? own : null;
        if ((grid?.Formats[0].Format ?? input.Constant?.Format) is not IntegerFormat format)
        {
            Clip(node);
            return;
        }

        int low = Bound(1, format.Low), high = Bound(2, format.High);
        if (low > high)
            throw new InputException($"it clips to the range from {low} to {high}, in which there is no number");
        // The format of which these are the least and the greatest number.
        IntegerFormat narrow = Enumerable.Range(IntegerFormat.MinBits, format.Bits - IntegerFormat.MinBits)
            .Select(bits => new IntegerFormat(bits, format.IsSigned))
            .FirstOrDefault(one => one.Low == low && one.High == high, format);
        if (grid is null)
        {
            Charge(input.Count);
            long[] clipped = [.. input.Constant!.Integers!.Select(one => Math.Clamp(one, low, high))];
            node.Give(input.Constant with { Integers = clipped, Format = narrow });
            return;
        }

        AffineQuantisation rounded = grid.Formats[0];
        if (grid.Before is Value before && rounded.ZeroPoint >= low && rounded.ZeroPoint <= high && narrow != format)
        {
            rounded = new AffineQuantisation(rounded.Scale, rounded.ZeroPoint, narrow);
            node.Give(Add(new Rounding(node.Name, rounded), before.Shape, before) with { Layout = before.Layout });
            grids[node.OutputNames[0]] = new Grid([rounded], IsInteger: true, Before: before);
            return;
        }

        node.Give(new Clip(node.Name, rounded.Dequantise(low), rounded.Dequantise(high)), input);
        grids[node.OutputNames[0]] = grid with { Before = null };

        int Bound(int bound, int otherwise) => !node.Has(bound) ? otherwise
            : node.Integers(bound) is [long number] ? (int)Math.Clamp(number, format.Low, format.High)
            : throw new InputException("its bounds have to be one number each");
    }

    /// <summary>The quantisations that a node names by its inputs scale and zero point, and their axis.</summary>
    /// <param name="node">QuantizeLinear or DequantizeLinear.</param>
    /// <param name="format">The range of the integers.</param>
    /// <param name="input">The numbers.</param>
    (AffineQuantisation[] Formats, int Axis) Formats(NodeReader node, IntegerFormat format, Value input)
    {
        (float[] scales, long[] zeros, int axis) = Scales(node, input);
        // What was clipped to fewer bits keeps its type.
        if (node.Has(2) && (node.Constant(2).Format is not IntegerFormat own || own.IsSigned != format.IsSigned || own.Bits < format.Bits))
            throw new InputException($"its zero point is of another type than the integers, which are {format}");
        Charge(scales.Length);
        var formats = new AffineQuantisation[scales.Length];
        for (int i = 0; i < formats.Length; i++)
        {
            formats[i] = new AffineQuantisation(scales[i], checked((int)zeros[i]), format);
            if (!float.IsFinite(formats[i].Dequantise(format.Low)) || !float.IsFinite(formats[i].Dequantise(format.High)))
                throw new InputException($"the scale {scales[i]} is so large that some of the {format} stand for an infinity");
        }

        return (formats, axis);
    }

    /// <summary>Scales and zero points: one for all numbers, or one for each index of an axis.</summary>
    static (float[] Scales, long[] ZeroPoints, int Axis) Scales(NodeReader node, Value input)
    {
        if (node.Integer("block_size", 0) is long size and not 0)
            throw new InputException($"it has a scale for each {size} numbers of an axis; one for all numbers, or for each index, is read");
        float[] scales = node.Reals(1);
        long[] zeros = node.Has(2) ? node.Integers(2) : new long[scales.Length];
        if (scales.Length != zeros.Length)
            throw new InputException($"it has {scales.Length} scales and {zeros.Length} zero points; as many of both are needed");
        if (scales.Length == 1)
            return (scales, zeros, 0);
        int axis = input.Axis(node.Integer("axis", 1));
        return node.Constant(1).Shape.Length == 1 && scales.Length == input.Shape[axis] ? (scales, zeros, axis)
            : throw new InputException(
                $"it has {scales.Length} scales for the {input.Shape[axis]} indices of an axis; one for each, or one for all, is needed");
    }

    static AffineQuantisation[] OfActivations(AffineQuantisation[] formats) => formats.Length == 1 ? formats
        : throw new InputException($"it has {formats.Length} scales for what depends on the images; one for all numbers is read");

    /// <summary>For the index of a number, that of its scale.</summary>
    static Func<int, int> PlaceOf(int[] shape, int axis, int scales)
    {
        int inner = scales == 1 ? 1 : (int)Tensor.Count(shape.AsSpan(axis + 1));
        return index => index / inner % scales;
    }

    /// <summary>
    /// The formats of a layer whose inputs and weights both stand for integers; null for others, whose products are those of floats.
    /// </summary>
    /// <param name="activationInput">The node's input with the activations.</param>
    /// <param name="weightInput">That with the weights.</param>
    /// <param name="axis">The axis of the weights that is the one of output channels.</param>
    /// <param name="activations">The activations, which those before they were rounded replace: the layer rounds them itself.</param>
    Quantisation? QuantisationOf(NodeReader node, int activationInput, int weightInput, int axis, ref Value activations)
    {
        if (!grids.TryGetValue(node.InputNames[activationInput], out Grid? own)
            || !grids.TryGetValue(node.InputNames[weightInput], out Grid? weights)
            || (weights.Formats.Length > 1 && weights.Axis != axis))
            return null;
        activations = own.Before ?? activations;
        return new Quantisation(own.Formats[0], weights.Formats);
    }

    static WeightedLayer Quantised(WeightedLayer layer, Quantisation? quantisation) =>
        quantisation is null ? layer : layer.Quantised(quantisation, ExactIntegerMultiplier.Int8);

    /// <summary>Notes which outputs of a node that was read stand for integers, since its input does.</summary>
    /// <exception cref="InputException">The file has the integers, and the node computes with them.</exception>
    void FollowGrids(NodeProto node)
    {
        // Nodes stand for some, and others know themselves.
        if (node.Output.All(output => grids.ContainsKey(output) || (!values.ContainsKey(output) && !constants.ContainsKey(output))))
            return;
        Grid? grid = node.Input.Count > 0 ? grids.GetValueOrDefault(node.Input[0]) : null;
        if (grid is not null && Keeps(node, grid))
        {
            if (Moved(node, grid) is Grid moved)
            {
                foreach (string output in node.Output)
                    grids[output] = moved;
            }
        }
        else if (node.OpType != "Shape")
        {
            foreach (string input in node.Input)
                ThrowIfIntegers(input, grids.GetValueOrDefault(input));
        }
    }

    /// <summary>Whether the outputs of a node are on the grid of its input; 0 is on every grid of real numbers.</summary>
    bool Keeps(NodeProto node, Grid grid) => OnnxFunctions.Domain(node.Domain).Length == 0 && node.OpType switch
    {
        "Concat" => node.Input.All(input => grid.IsLike(grids.GetValueOrDefault(input))),
        "Relu" => !grid.IsInteger,
        "Pad" => !grid.IsInteger && node.Attribute.All(attribute => attribute.Name != "value" || attribute.F == 0)
            && (node.Input.Count < 3 || node.Input[2].Length == 0 || constants[node.Input[2]].Reals is [0]),
        string other => Movers.Contains(other),
    };

    static Grid? Moved(NodeProto node, Grid grid)
    {
        long[] order = node.Attribute.FirstOrDefault(attribute => attribute.Name == "perm")?.Ints.ToArray() ?? [1, 0];
        return node.OpType == "Identity" ? grid
            : grid.Formats.Length == 1 ? grid with { Before = null }
            : node.OpType == "Transpose" ? grid with { Axis = Array.IndexOf(order, grid.Axis) }
            : null;
    }

    static void ThrowIfIntegers(string input, Grid? grid)
    {
        if (grid is { IsInteger: true })
            throw new InputException(
                $"its input '{input}' is of integers, with which it computes; export the model with DequantizeLinear before it");
    }
}
