using Dapprox.Foundation;
using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Formats.Onnx;

/// <content>Shapes, and the moving of numbers.</content>
sealed partial class OnnxImport
{
    static void Shape(NodeReader node)
    {
        long[] shape = node.Any(0, inAnyLayout: true).FileShape;
        int start = Bounded(node.Integer("start", 0), shape.Length), end = Bounded(node.Integer("end", shape.Length), shape.Length);
        node.Give(OnnxTensor.List(shape[start..Math.Max(start, end)]));
    }

    static void Size(NodeReader node)
    {
        Value input = node.Any(0, inAnyLayout: true);
        node.Give(new OnnxTensor([], null, [input.Constant is null ? OnnxTensor.Images(input.Count) : input.Count]));
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
        int[] shape = Checked(node.Integers(0).Select(dimension => IsOfImages(dimension) ? 1 : Int32(dimension, "a dimension")));
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

    /// <summary>A constant repeated; its dimension of images is 1, since it is the same for all images.</summary>
    void Expand(NodeReader node)
    {
        if (node.Find(0) is Value input)
        {
            ExpandImages(node, input);
            return;
        }

        int[] target = Checked(
            node.Integers(1).Select(
                (dimension, index) => IsOfImages(dimension) || index == 0 && batch > 0 && dimension == batch
                    ? 1
                    : Int32(dimension, "a dimension")));
        Value constant = node.Any(0);
        int rank = Math.Max(target.Length, constant.Rank);
        int[] own = Padded(constant.Shape, rank);
        node.GiveMoved(
            constant, Combine.ShapeOf(own, Padded(target, rank)).Select(dimension => (long)dimension), RepeatedPart(own));
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
        Value input = node.Any(0, inAnyLayout: true);
        if (node.Integer("allowzero", 0) != 0 && wanted.Contains(0))
            throw new InputException($"the shape {Shown(wanted)} has no numbers, since allowzero is set");
        if (input.Constant is not null)
        {
            node.GiveReshaped(input, Resolved(wanted, [.. input.Shape.Select(dimension => (long)dimension)], input.Count));
            return;
        }

        long[] old = input.FileShape;
        long[] shape = [.. wanted.Select((dimension, index) => dimension == 0 && index < old.Length ? old[index] : dimension)];
        int[] places = [.. Enumerable.Range(0, shape.Length).Where(index => IsOfImages(shape[index]))];
        if (places.Length == 0)
            places = [
                .. Enumerable.Range(0, shape.Length).Where(index => batch > 0 && shape[index] > 0 && shape[index] % batch == 0),
                .. Enumerable.Range(0, shape.Length).Where(index => shape[index] == -1)];
        foreach (int place in places)
        {
            if (Reshaped(input, shape, place) is (int[] own, Layout layout))
            {
                node.GiveReshaped(input, own, layout);
                return;
            }
        }

        throw new InputException($"the shape {Shown(wanted)} mixes images, or the {input.Count} numbers of one do not fit it; one "
            + "dimension has to be that of the images, alone or with dimensions of an image that are beside it");
    }

    /// <summary>
    /// The shape of one image and the place of the images in a reshaped tensor, if one of its dimensions is that of the images, alone or
    /// together with those of an image beside it; null if the images would be mixed.
    /// </summary>
    (int[] Shape, Layout Layout)? Reshaped(Value input, long[] shape, int place)
    {
        long[] others = [.. shape.Where((_, index) => index != place)];
        if (others.Any(dimension => dimension is 0 or < -1 or > MaxNumbers) || others.Count(dimension => dimension == -1) > 1
            || shape[place] == -1 && others.Contains(-1))
            return null;
        long known = others.Where(dimension => dimension > 0).Aggregate(1L, (all, own) => Math.Min(all * own, MaxNumbers + 1L));
        // How many numbers of an image are one dimension with the images.
        long joined = shape[place] == -1 ? input.Count / known
            : IsOfImages(shape[place]) ? OnnxTensor.ImagesIn(shape[place]) : shape[place] / batch;
        if (joined < 1 || joined > MaxNumbers || input.Count % (known * joined) != 0)
            return null;
        others = [.. others.Select(dimension => dimension == -1 ? input.Count / (known * joined) : dimension)];
        long before = Product(others[..place]), behind = Product(others[place..]);
        long ownBefore = Tensor.Count(input.Shape.AsSpan(0, input.Layout.Place)), ownBehind = input.Count / ownBefore;
        if (before * behind * joined != input.Count || ownBefore % before != 0 || ownBehind % behind != 0)
            return null;
        int left = (int)(ownBefore / before), right = (int)(ownBehind / behind), first = left > 1 ? 1 : 0, last = right > 1 ? 1 : 0;
        return (
            [
                .. others[..place].Select(own => (int)own), .. Enumerable.Repeat(left, first), .. Enumerable.Repeat(right, last),
                .. others[place..].Select(own => (int)own),
            ],
            new Layout(place + first, first, last));

        static long Product(long[] dimensions) => dimensions.Aggregate(1L, (all, own) => Math.Min(all * own, MaxNumbers + 1L));
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
        Value input = node.Any(0, inAnyLayout: true);
        int first = input.Layout.Place - input.Layout.Before, end = input.Layout.Place + input.Layout.Behind;
        int[] own = node.ListOrInput("axes", 1) is long[] axes
            ? [.. axes.Select(input.Axis)]
            : [.. Enumerable.Range(0, input.Shape.Length).Where(axis => input.Shape[axis] == 1 && (axis < first || axis >= end))];
        if (own.Any(axis => input.Shape[axis] != 1))
            throw new InputException("it takes away a dimension that is not 1");
        node.GiveReshaped(input, [.. input.Shape.Where((_, axis) => !own.Contains(axis))], input.Layout.Without(own));
    }

    static void Unsqueeze(NodeReader node)
    {
        Value input = node.Any(0, inAnyLayout: true);
        long[] axes = node.ListOrInput("axes", 1) ?? throw new InputException("it has no axes");
        int rank = input.Rank + axes.Length;
        long[] indices = [.. axes.Select(axis => axis < 0 ? axis + rank : axis)];
        if (indices.Any(index => index < 0 || index >= rank) || indices.Distinct().Count() < indices.Length)
            throw new InputException(
                $"it inserts dimensions at the indices [{string.Join(", ", axes)}] of {rank}; they have to be different ones");
        var left = new Queue<int>(Enumerable.Range(0, input.Rank));
        var shape = new List<int>();
        Layout layout = input.Layout;
        for (int index = 0; index < rank; index++)
        {
            if (indices.Contains(index))
                shape.Add(1);
            else if (left.Dequeue() is int old && !input.IsImages(old))
                shape.Add(input.Shape[input.Axis(old)]);
            else
            {
                layout = layout with { Place = shape.Count + layout.Before };
                shape.AddRange(input.Shape[(input.Layout.Place - layout.Before)..(input.Layout.Place + layout.Behind)]);
            }
        }

        node.GiveReshaped(input, [.. shape], layout);
    }

    static void Transpose(NodeReader node)
    {
        Value input = node.Any(0, inAnyLayout: true);
        long[] order = node.List("perm") ?? [.. Enumerable.Range(0, input.Rank).Reverse().Select(axis => (long)axis)];
        if (!order.Order().SequenceEqual(Enumerable.Range(0, input.Rank).Select(axis => (long)axis)))
            throw new InputException($"its order [{string.Join(", ", order)}] has to be one of {input.Rank} dimensions");
        var axes = new List<int>();
        Layout layout = input.Layout;
        foreach (long axis in order)
        {
            if (!input.IsImages(axis))
            {
                axes.Add(input.Axis(axis));
                continue;
            }

            layout = layout with { Place = axes.Count + layout.Before };
            axes.AddRange(Enumerable.Range(input.Layout.Place - layout.Before, layout.Joined));
        }

        // The images alone move: the network has them first all the same.
        if (axes.SequenceEqual(Enumerable.Range(0, axes.Count)))
        {
            node.Give(input with { Layout = layout });
            return;
        }

        int[] strides = Strides(input.Shape);
        node.GiveMoved(
            input, axes.Select(axis => (long)input.Shape[axis]), (axis, index) => index * strides[axes[axis]], layout: layout);
    }

    void Concat(NodeReader node)
    {
        long axis = node.Integer("axis", 0);
        Value[] operands = [.. Enumerable.Range(0, node.Inputs).Select(input => node.Any(input, inAnyLayout: true))];
        if (operands.All(operand => operand.Constant is not null))
        {
            node.Give(Joined(operands, axis));
            return;
        }

        Value like = operands.First(operand => operand.Constant is null);
        int images = like.Layout.Place - like.Layout.Before;
        int own = like.Axis(axis);
        var parts = new List<(int, float[]?)>();
        var inputs = new List<Value>();
        int length = 0;
        for (int input = 0; input < node.Inputs; input++)
        {
            Value? value = operands[input].Constant is null ? operands[input] : null;
            int[] shape = operands[input].Shape;
            if (value is null)
                shape = like.Layout.Joined == 0 && shape.Length == like.Rank && shape[images] == 1
                    ? [.. shape[..images], .. shape[(images + 1)..]]
                    : throw new InputException("a constant among them has to have 1 for the number of images");
            else if (value.Layout != like.Layout)
                throw new InputException($"{Shown(value.FileShape)} does not go behind {Shown(like.FileShape)}, which would mix images");
            if (shape.Length != like.Shape.Length
                || shape.Where((dimension, index) => index != own && dimension != like.Shape[index]).Any())
                throw new InputException($"[{string.Join(", ", shape)}] does not go behind [{string.Join(", ", like.Shape)}]");
            // A part of nothing is a constant of any type.
            if (shape[own] == 0)
                continue;
            parts.Add((shape[own], value is null ? RealsOf(operands[input].Constant!, like.Kind != NumberKind.Real) : null));
            if (value is not null)
                inputs.Add(value);
            length += shape[own];
        }

        int[] result = Checked(like.Shape.Select((dimension, index) => index == own ? length : dimension));
        node.Give(Add(new Concatenate(node.Name, result, own, parts), result, [.. inputs]) with { Layout = like.Layout });
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
        Value input = node.Any(0, inAnyLayout: true);
        int axis = input.Axis(node.Integer("axis", 0)), length = input.Shape[axis];
        long[] lengths = node.ListOrInput("split", 1) ?? EvenLengths();
        if (lengths.Length != node.Outputs || lengths.Any(part => part < 0 || part > length) || lengths.Sum() != length)
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
        Value input = node.Any(0, inAnyLayout: true);
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
        Value input = node.Any(0, inAnyLayout: true);
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
        Value input = node.Any(0, inAnyLayout: true);
        int own = input.Axis(node.Integer("axis", 0));
        int[] picked = [.. node.Integers(1).Select(index => FromStart(index, input.Shape[own]))], strides = Strides(input.Shape);
        node.GiveMoved(
            input, input.Shape.Select((dimension, axis) => axis == own ? picked.Length : (long)dimension),
            (axis, index) => (axis == own ? picked[index] : index) * strides[axis],
            shape: [.. input.Shape[..own], .. indices.Shape, .. input.Shape[(own + 1)..]],
            layout: own < input.Layout.Place
                ? input.Layout with { Place = input.Layout.Place + indices.Shape.Length - 1 }
                : input.Layout);
    }

    /// <summary>Each number of the output is the one at an index along a dimension, at its own indices along the others.</summary>
    void GatherElements(NodeReader node)
    {
        Value input = node.Any(0, inAnyLayout: true);
        OnnxTensor indices = node.Constant(1);
        int own = input.Axis(node.Integer("axis", 0));
        int[] shape = input.Constant is null && input.Layout.Joined == 0 ? ShapeBeside(Known(indices), input) : indices.Shape;
        if (shape.Length != input.Shape.Length || shape.Where((dimension, axis) => axis != own && dimension > input.Shape[axis]).Any())
            throw new InputException($"its indices have the shape [{string.Join(", ", indices.Shape)}], which is beyond "
                + $"{Shown(input.FileShape)}; the dimension of the images has to be 1");
        Charge(2 * Tensor.Count(shape));
        int[] strides = Strides(input.Shape);
        int[] rest = Indices(shape, (axis, index) => axis == own ? 0 : index * strides[axis]);
        long[] picked = node.Integers(1);
        node.GiveFrom(input, shape, [.. rest.Select((start, i) => start + FromStart(picked[i], input.Shape[own]) * strides[own])]);
    }

    static void Tile(NodeReader node)
    {
        Value input = node.Any(0, inAnyLayout: true);
        long[] repeats = node.Integers(1), shape = [.. input.Shape.Select(dimension => (long)dimension)];
        if (repeats.Length != input.Rank)
            throw new InputException($"it repeats {repeats.Length} dimensions of a tensor with {input.Rank}");
        for (int i = 0; i < repeats.Length; i++)
        {
            if (repeats[i] is < 0 or > MaxNumbers)
                throw new InputException($"it repeats a dimension {repeats[i]} times; that has to be from 0 to {MaxNumbers}");
            if (!input.IsImages(i) || repeats[i] != 1)
                shape[input.Axis(i)] *= repeats[i];
        }

        int[] strides = Strides(input.Shape);
        node.GiveMoved(input, shape, (axis, index) => index % input.Shape[axis] * strides[axis]);
    }

    /// <summary>The upper or the lower triangle of matrices; the other numbers are 0.</summary>
    void Triangle(NodeReader node)
    {
        Value input = node.Any(0, inAnyLayout: true);
        bool isUpper = node.Integer("upper", 1) != 0;
        long diagonal = node.Has(1) && node.Integers(1) is [long given, ..] ? given : 0;
        int images = input.Layout.Place + input.Layout.Behind;
        if (input.Shape is not [.., int rows, int columns] || input.Constant is null && images > input.Shape.Length - 2)
            throw new InputException($"it takes the triangle of {Shown(input.FileShape)}; the last two dimensions have to be a matrix");
        Charge(Tensor.Count(input.Shape));
        node.GiveFrom(input, input.Shape, [.. Enumerable.Range(0, input.Count).Select(i =>
        {
            int above = i % columns - i / columns % rows;
            return (isUpper ? above >= diagonal : above <= diagonal) ? i : -1;
        })]);
    }

    static int FromStart(long index, int length) => index >= -length && index < length
        ? (int)(index < 0 ? index + length : index)
        : throw new InputException($"its index {index} is outside a dimension of {length}");

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

    /// <summary>A shape with dimensions of 1 before it.</summary>
    static int[] Padded(int[] shape, int rank) => [.. Enumerable.Repeat(1, rank - shape.Length), .. shape];

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
