using Dapprox.Foundation;

namespace Dapprox.Networks.Formats.Onnx;

/// <content>Operators that exporters compute shapes and masks with, which are read for constants alone.</content>
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
}
