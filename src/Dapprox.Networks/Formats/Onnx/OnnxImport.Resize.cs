using Dapprox.Foundation;
using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Formats.Onnx;

/// <content>
/// Interpolation: every number of the output is a sum of some numbers of the input, each times a constant, along one dimension after the
/// other. Like an average it is computed in binary32 whatever the multiplier.
/// </content>
sealed partial class OnnxImport
{
    void Resize(NodeReader node)
    {
        Value input = node.Any(0);
        // Before version 11 there is one way, and scales stand where the region of interest does now.
        bool isOld = node.Operator == "Upsample" || version < 11;
        string mode = node.Text("mode", "nearest");
        string coordinates = isOld ? "asymmetric" : node.Text("coordinate_transformation_mode", "half_pixel");
        string rounding = isOld ? "floor" : node.Text("nearest_mode", "round_prefer_floor");
        if (mode is not ("nearest" or "linear" or "cubic"))
            throw new InputException($"its mode is '{mode}'; nearest, linear and cubic are read");
        if (coordinates is not ("half_pixel" or "half_pixel_symmetric" or "pytorch_half_pixel" or "align_corners" or "asymmetric"
            or "tf_half_pixel_for_nn"))
            throw new InputException($"its coordinate_transformation_mode is '{coordinates}'; half_pixel, half_pixel_symmetric, "
                + "pytorch_half_pixel, tf_half_pixel_for_nn, align_corners and asymmetric are read");
        if (rounding is not ("round_prefer_floor" or "round_prefer_ceil" or "floor" or "ceil"))
            throw new InputException(
                $"its nearest_mode is '{rounding}'; round_prefer_floor, round_prefer_ceil, floor and ceil are read");
        if (node.Integer("antialias", 0) != 0)
            throw new InputException("it is antialiased; export the model without antialias");
        (int Length, float Scale)[] sizes = Sizes(node, input, isOld);
        var axes = new List<(int Axis, int[][] Sources, float[][] Weights)>();
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            (int length, float scale) = sizes[axis];
            if (length == input.Shape[axis] && scale == 1)
                continue;
            if (coordinates == "align_corners" && MathF.Abs(length - scale * input.Shape[axis]) > 1e-3f)
                throw new InputException($"align_corners with a scale of {scale} makes {scale * input.Shape[axis]} of "
                    + $"{input.Shape[axis]} numbers, for which ONNX and its runtimes differ; export the model with sizes");
            Charge(8L * length);
            int old = input.Shape[axis];
            (int[] Sources, float[] Weights)[] taps = [
                .. Enumerable.Range(0, length).Select(index => Taps(Coordinate(coordinates, index, old, length, scale), old))];
            axes.Add((axis, [.. taps.Select(tap => tap.Sources)], [.. taps.Select(tap => tap.Weights)]));
        }

        if (mode == "nearest")
        {
            int[] strides = Strides(input.Shape);
            Dictionary<int, int[][]> moved = axes.ToDictionary(one => one.Axis, one => one.Sources);
            node.GiveMoved(
                input, sizes.Select(size => (long)size.Length),
                (axis, index) => (moved.TryGetValue(axis, out int[][]? sources) ? sources[index][0] : index) * strides[axis]);
            return;
        }

        Value result = input;
        foreach ((int axis, int[][] sources, float[][] weights) in axes)
            result = Interpolated(node, result, axis, sources, weights);
        node.Give(result);

        (int[] Sources, float[] Weights) Taps(float x, int length)
        {
            int first = (int)MathF.Floor(x);
            float rest = x - first;
            if (mode == "nearest")
            {
                float nearest = rounding switch
                {
                    "round_prefer_floor" => MathF.Ceiling(x - 0.5f),
                    "round_prefer_ceil" => MathF.Floor(x + 0.5f),
                    "floor" => MathF.Floor(x),
                    _ => MathF.Ceiling(x),
                };
                return ([Math.Clamp((int)nearest, 0, length - 1)], [1]);
            }

            int[] places = mode == "linear" ? [first, first + 1] : [first - 1, first, first + 1, first + 2];
            float[] weights = mode == "linear" ? [1 - rest, rest] : Cubic(rest, node.Real("cubic_coeff_a", -0.75f));
            if (node.Integer("exclude_outside", 0) != 0)
            {
                weights = [.. weights.Select((weight, i) => places[i] >= 0 && places[i] < length ? weight : 0)];
                float sum = weights.Sum();
                weights = [.. weights.Select(weight => weight / sum)];
            }

            return ([.. places.Select(place => Math.Clamp(place, 0, length - 1))], weights);
        }
    }

    /// <summary>For each dimension of an image, the new length and the factor to it.</summary>
    (int Length, float Scale)[] Sizes(NodeReader node, Value input, bool isOld)
    {
        int rank = input.Rank;
        long[] axes = [.. (node.List("axes") ?? [.. Enumerable.Range(0, rank).Select(axis => (long)axis)])];
        int scalesInput = isOld ? 1 : 2;
        float[]? scales = node.Attribute("scales") is AttributeProto given ? [.. given.Floats]
            : node.Has(scalesInput) && node.Constant(scalesInput).Count > 0 ? node.Reals(scalesInput) : null;
        long[]? sizes = scales is null && node.Has(3) ? node.Integers(3) : null;
        if ((scales?.Length ?? sizes?.Length) != axes.Length)
            throw new InputException($"it has {scales?.Length ?? sizes?.Length ?? 0} sizes or scales for {axes.Length} dimensions");
        string policy = node.Text("keep_aspect_ratio_policy", "stretch");
        if (policy is not ("stretch" or "not_larger" or "not_smaller"))
            throw new InputException($"its keep_aspect_ratio_policy is '{policy}'; stretch, not_larger and not_smaller are read");
        var result = new (int Length, float Scale)[input.Shape.Length];
        for (int axis = 0; axis < result.Length; axis++)
            result[axis] = (input.Shape[axis], 1);
        for (int i = 0; i < axes.Length; i++)
        {
            if (input.IsImages(axes[i]))
            {
                if (scales is not null ? scales[i] != 1 : !(sizes![i] == OnnxTensor.Batch || batch > 0 && sizes[i] == batch))
                    throw new InputException("it changes the number of images");
                continue;
            }

            int axis = input.Axis(axes[i]), old = input.Shape[axis];
            if (scales is not null && !(scales[i] > 0 && scales[i] <= MaxNumbers))
                throw new InputException($"one of its scales is {scales[i]}; they have to be above 0");
            result[axis] = scales is not null
                ? (Int32((long)MathF.Floor(old * scales[i]), "a size"), scales[i])
                : (Int32(sizes![i], "a size"), (float)sizes[i] / old);
        }

        if (sizes is not null && policy != "stretch")
        {
            int[] own = [.. axes.Where(axis => !input.IsImages(axis)).Select(axis => input.Axis(axis))];
            float scale = policy == "not_larger" ? own.Min(axis => result[axis].Scale) : own.Max(axis => result[axis].Scale);
            foreach (int axis in own)
                result[axis] = (Int32((long)MathF.Floor(scale * input.Shape[axis] + 0.5f), "a size"), scale);
        }

        Checked(result.Select(size => size.Length));
        return result;
    }

    /// <summary>Where an index of the output lies in the input.</summary>
    static float Coordinate(string coordinates, int index, int old, int length, float scale) => coordinates switch
    {
        "half_pixel" => (index + 0.5f) / scale - 0.5f,
        "half_pixel_symmetric" => old / 2f * (1 - length / (old * scale)) + (index + 0.5f) / scale - 0.5f,
        "pytorch_half_pixel" => length > 1 ? (index + 0.5f) / scale - 0.5f : 0,
        "tf_half_pixel_for_nn" => (index + 0.5f) / scale,
        "align_corners" => length > 1 ? (float)index * (old - 1) / (length - 1) : 0,
        _ => index / scale,
    };

    /// <summary>The weights of four numbers. (Keys, "Cubic Convolution Interpolation for Digital Image Processing", 1981.)</summary>
    static float[] Cubic(float rest, float a)
    {
        return [Far(rest + 1), Near(rest), Near(1 - rest), Far(2 - rest)];

        float Near(float x) => ((a + 2) * x - (a + 3)) * x * x + 1;

        float Far(float x) => ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
    }

    /// <summary>Along one dimension, the sum of some numbers, each times its weight.</summary>
    Value Interpolated(NodeReader node, Value input, int axis, int[][] sources, float[][] weights)
    {
        int[] shape = [.. input.Shape], strides = Strides(input.Shape);
        shape[axis] = sources.Length;
        int[] factors = [.. Enumerable.Repeat(1, shape.Length)];
        factors[axis] = sources.Length;
        Value? sum = null;
        for (int tap = 0; tap < sources[0].Length; tap++)
        {
            string name = $"{node.Name}.{axis}.{tap}";
            Value moved = Moved(
                input, name, shape, (own, index) => (own == axis ? sources[index][tap] : index) * strides[own]);
            var factor = new OnnxTensor(factors, [.. weights.Select(weight => weight[tap])], null);
            Value part = Combined(name + ".weight", Combination.Multiply, moved, null, null, factor);
            sum = sum is null ? part : Combined(name + ".sum", Combination.Add, sum, null, part, null);
        }

        return sum!;
    }
}
