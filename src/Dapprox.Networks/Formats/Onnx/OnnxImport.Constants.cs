using Dapprox.Foundation;

namespace Dapprox.Networks.Formats.Onnx;

/// <content>
/// Operators that exporters compute shapes and masks with, which are read for constants alone, and the choice between branches.
/// </content>
sealed partial class OnnxImport
{
    /// <summary>The remainders of integers, with the sign of the divisor, or with fmod that of the dividend.</summary>
    void Modulo(NodeReader node)
    {
        bool isOfDividend = node.Integer("fmod", 0) != 0;
        node.Give(Folded(node.Constant(0), node.Constant(1), (x, y) =>
        {
            if (IsOfImages(x) || IsOfImages(y))
                throw new InputException("it computes with the number of images");
            long rest = y != 0 ? x % y : throw new InputException("it divides by 0");
            return !isOfDividend && rest != 0 && rest < 0 != y < 0 ? rest + y : rest;
        }));
    }

    /// <summary>The numbers from a start to before a limit.</summary>
    void Range(NodeReader node)
    {
        OnnxTensor[] given = [.. Enumerable.Range(0, 3).Select(node.Constant)];
        if (given.Any(one => one.Count != 1 || one.Reals is null != given[0].Reals is null))
            throw new InputException("its start, limit and delta have to be one number each, all integers or all real");
        if (given[0].Integers is null)
        {
            double[] reals = [.. given.Select(one => (double)one.Reals![0])];
            int count = Count(Math.Ceiling((reals[1] - reals[0]) / reals[2]));
            node.Give(new OnnxTensor([count], [.. Enumerable.Range(0, count).Select(i => (float)(reals[0] + i * reals[2]))], null));
            return;
        }

        long[] numbers = [.. given.Select(one => one.Integers![0])];
        if (numbers.Any(IsOfImages))
            throw new InputException("it computes with the number of images");
        int steps = Count(Math.Ceiling(((double)numbers[1] - numbers[0]) / numbers[2]));
        node.Give(OnnxTensor.List([.. Enumerable.Range(0, steps).Select(i => checked(numbers[0] + i * numbers[2]))]));

        int Count(double wanted)
        {
            int count = !(wanted > 0) ? 0 : wanted <= MaxNumbers ? (int)wanted : throw new InputException(
                $"it gives {wanted} numbers; at most {MaxNumbers} are read");
            Charge(count);
            return count;
        }
    }

    /// <summary>A copy in which slices are replaced: the last dimension of the indices says where each is.</summary>
    void ScatterSlices(NodeReader node)
    {
        OnnxTensor data = node.Constant(0), indices = node.Constant(1), updates = node.Constant(2);
        long[] places = node.Integers(1);
        int depth = indices.Shape is [.., int last] ? last : data.Shape.Length + 1;
        if (depth > data.Shape.Length || !updates.Shape.AsSpan().SequenceEqual([.. indices.Shape[..^1], .. data.Shape[depth..]])
            || data.Reals is null != updates.Reals is null)
            throw new InputException("its updates are no slices of its data, one for each index");
        if (node.Text("reduction", "none") is string reduction and not "none")
            throw new InputException($"its reduction is {reduction}; none is read");
        int[] strides = Strides(data.Shape);
        int size = (int)Tensor.Count(data.Shape.AsSpan(depth)), slices = (int)Tensor.Count(indices.Shape.AsSpan()[..^1]);
        Charge(data.Count);
        node.Give(data.Reals is { } reals
            ? data with { Reals = Scattered(reals, updates.Reals!) }
            : data with { Integers = Scattered(data.Integers!, updates.Integers!) });

        T[] Scattered<T>(T[] numbers, T[] those)
        {
            T[] result = [.. numbers];
            for (int slice = 0; slice < slices; slice++)
            {
                int start = Enumerable.Range(0, depth).Sum(
                    axis => FromStart(places[slice * depth + axis], data.Shape[axis]) * strides[axis]);
                those.AsSpan(slice * size, size).CopyTo(result.AsSpan(start));
            }

            return result;
        }
    }

    /// <summary>Slices at indices, the last dimension of which says where each is.</summary>
    void GatherSlices(NodeReader node)
    {
        OnnxTensor data = node.Constant(0), indices = node.Constant(1);
        long[] places = node.Integers(1);
        int depth = indices.Shape is [.., int last] ? last : 0;
        if (node.Integer("batch_dims", 0) != 0)
            throw new InputException("batch_dims is set; indices into the whole tensor are read");
        if (depth < 1 || depth > data.Shape.Length)
            throw new InputException($"its indices have {depth} numbers each for a tensor with {data.Shape.Length} dimensions");
        int[] strides = Strides(data.Shape), shape = Checked(
            0, [.. indices.Shape[..^1].Concat(data.Shape[depth..]).Select(dimension => (long)dimension)]);
        int size = (int)Tensor.Count(data.Shape.AsSpan(depth));
        Charge(2 * Tensor.Count(shape));
        node.GiveFrom(Known(data), shape, [.. Enumerable.Range(0, places.Length / depth).SelectMany(slice =>
        {
            int start = Enumerable.Range(0, depth).Sum(
                axis => FromStart(places[slice * depth + axis], data.Shape[axis]) * strides[axis]);
            return Enumerable.Range(start, size);
        })]);
    }

    /// <summary>The sum of all numbers up to each along a dimension.</summary>
    void RunningSum(NodeReader node)
    {
        OnnxTensor constant = node.Constant(0);
        int axis = Known(constant).Axis(node.Integers(1) is [long given, ..] ? given : throw new InputException("it has no axis"));
        bool isExclusive = node.Integer("exclusive", 0) != 0, isReverse = node.Integer("reverse", 0) != 0;
        int length = constant.Shape[axis], inner = Strides(constant.Shape)[axis];
        Charge(constant.Count);
        if (constant.Integers is { } integers && integers.Any(IsOfImages))
            throw new InputException("it computes with the number of images");
        node.Give(constant.Reals is { } reals
            ? constant with { Reals = Summed(reals, (x, y) => x + y) }
            : constant with { Integers = Summed(constant.Integers!, (x, y) => checked(x + y)) });

        T[] Summed<T>(T[] numbers, Func<T, T, T> add)
            where T : struct
        {
            T[] sums = new T[numbers.Length];
            for (int i = 0; i < sums.Length; i++)
            {
                if (i / inner % length != 0)
                    continue;
                T sum = default;
                for (int step = 0; step < length; step++)
                {
                    int at = i + (isReverse ? length - 1 - step : step) * inner;
                    T next = add(sum, numbers[at]);
                    sums[at] = isExclusive ? sum : next;
                    sum = next;
                }
            }

            return sums;
        }
    }

    /// <summary>The indices of all numbers that are not 0: a row for each dimension.</summary>
    void NonZero(NodeReader node)
    {
        OnnxTensor constant = node.Constant(0);
        int[] places = [.. Enumerable.Range(0, constant.Count).Where(i => constant.Reals is { } reals
            ? reals[i] != 0
            : constant.Integers![i] != 0)];
        int[] strides = Strides(constant.Shape), shape = Checked(0, [constant.Shape.Length, places.Length]);
        Charge(Tensor.Count(shape));
        node.Give(new OnnxTensor(shape, null, [
            .. constant.Shape.SelectMany((dimension, axis) => places.Select(place => (long)(place / strides[axis] % dimension)))]));
    }

    /// <summary>A further dimension in which one number is on, at an index, and the others are off.</summary>
    void OneHot(NodeReader node)
    {
        OnnxTensor indices = node.Constant(0), ends = node.Constant(2);
        long depth = node.Constant(1) is { Count: 1 } one ? one.Integers?[0] ?? (long)one.Reals![0] : 0;
        if (depth is < 1 or > MaxNumbers || ends.Count != 2)
            throw new InputException($"its depth is {depth} and it has {ends.Count} values; it needs a depth of at least 1 and two values");
        long given = node.Integer("axis", -1);
        int rank = indices.Shape.Length + 1;
        if (given < -rank || given >= rank)
            throw new InputException($"its axis {given} is none of {rank} dimensions");
        int axis = (int)(given < 0 ? given + rank : given);
        int[] shape = Checked(0, [
            .. indices.Shape[..axis].Select(dimension => (long)dimension), depth,
            .. indices.Shape[axis..].Select(dimension => (long)dimension)]);
        Charge(2 * Tensor.Count(shape));
        int inner = Strides(shape)[axis];
        long[] hot = [.. indices.Integers ?? [.. indices.Reals!.Select(number => (long)number)]];
        // An index from the end, or none where it is beyond.
        int[] sources = [.. Enumerable.Range(0, (int)Tensor.Count(shape)).Select(i =>
        {
            long index = hot[i / (inner * (int)depth) * inner + i % inner];
            return (index < 0 ? index + depth : index) == i / inner % depth ? 1 : 0;
        })];
        node.GiveFrom(Known(ends), shape, sources);
    }

    /// <summary>The branch that a known condition takes.</summary>
    void Branch(NodeReader node)
    {
        OnnxTensor condition = node.Constant(0);
        if (condition is not { Count: 1, Integers: [long taken] })
            throw new InputException("its condition has to be one number, true or false");
        string name = taken != 0 ? "then_branch" : "else_branch";
        OnnxBranch branch = node.Branch(name) ?? throw new InputException($"its {name} is missing");
        if (branch.Outputs.Count < node.Outputs)
            throw new InputException($"its {name} gives {branch.Outputs.Count} tensors, and it should give {node.Outputs}");
        List<OnnxNode> nodes = [.. branch.Nodes];
        for (int i = 0; i < node.Outputs; i++)
        {
            if (node.OutputNames[i].Length > 0)
                nodes.Add(new OnnxNode(
                    new NodeProto { OpType = "Identity", Input = { branch.Outputs[i] }, Output = { node.OutputNames[i] } }, version,
                    Source: null));
        }

        Replace(nodes);
    }
}
