using Dapprox.Foundation;
using Dapprox.Kernels;

namespace Dapprox.Networks.Formats.Onnx;

sealed partial class OnnxImport
{
    /// <summary>The geometry of a filter or pool over images, or over lines, which are images of one row.</summary>
    /// <param name="IsLine">Whether the inputs are lines.</param>
    /// <param name="Kernel">Rows and columns of a window.</param>
    /// <param name="Stride">The distance between windows.</param>
    /// <param name="Dilation">The distance between the elements of a window.</param>
    /// <param name="Padding">The padding around the image.</param>
    /// <param name="OutputPadding">The rows and columns that a transposed convolution adds to its output, below and to the right.</param>
    /// <param name="CeilMode">Whether a last window may extend beyond the end.</param>
    sealed record Window(bool IsLine, Steps Kernel, Steps Stride, Steps Dilation, Padding Padding, Steps OutputPadding, bool CeilMode)
    {
        public static Window Of(NodeReader node, Value input, int dimensions, int[] kernel, bool isTransposed = false)
        {
            if (dimensions is not (1 or 2) || input.Shape.Length != dimensions + 1)
                throw new InputException($"its windows have {dimensions} dimensions, and one image has {input.Shape.Length}; windows "
                    + "over lines [channels, length] and over images [channels, height, width] are read");
            if (node.List("kernel_shape") is long[] given && !given.SequenceEqual(kernel.Select(size => (long)size)))
                throw new InputException(
                    $"kernel_shape [{string.Join(", ", given)}] is not that of the weights, [{string.Join(", ", kernel)}]");
            int[] strides = Numbers(node, "strides", dimensions, 1, 1), dilations = Numbers(node, "dilations", dimensions, 1, 1);
            int[] outputPadding = Numbers(node, "output_padding", dimensions, 0, 0);
            int[] pads = Numbers(node, "pads", 2 * dimensions, 0, 0);
            string auto = node.Text("auto_pad", "NOTSET");
            if (auto is not ("NOTSET" or "VALID" or "SAME_UPPER" or "SAME_LOWER"))
                throw new InputException($"auto_pad is '{auto}'; NOTSET, VALID, SAME_UPPER and SAME_LOWER are read");
            if (auto != "NOTSET")
                pads.AsSpan().Clear();
            int[]? wanted = isTransposed && node.List("output_shape") is not null ? Numbers(node, "output_shape", dimensions, 1, 1) : null;
            for (int axis = 0; axis < dimensions && (wanted is not null || auto.StartsWith("SAME", StringComparison.Ordinal)); axis++)
            {
                int size = input.Shape[axis + 1], stride = strides[axis], outputs = (size + stride - 1) / stride;
                long reach = (long)dilations[axis] * (kernel[axis] - 1) + 1;
                long total = isTransposed
                    ? stride * (size - 1L) + outputPadding[axis] + reach - (wanted?[axis] ?? (long)size * stride)
                    : (outputs - 1L) * stride + reach - size;
                if (total < 0 && wanted is not null)
                    throw new InputException($"output_shape is [{string.Join(", ", wanted)}], which is more than all windows cover");
                long more = Math.Clamp(total - total / 2, 0, MaxNumbers), less = Math.Clamp(total / 2, 0, MaxNumbers);
                (pads[axis], pads[axis + dimensions]) = auto == "SAME_UPPER" ? ((int)less, (int)more) : ((int)more, (int)less);
            }

            bool isLine = dimensions == 1;
            Steps Pair(int[] numbers, int alone) => isLine ? new Steps(alone, numbers[0]) : new Steps(numbers[0], numbers[1]);
            return new Window(
                isLine, Pair(kernel, 1), Pair(strides, 1), Pair(dilations, 1),
                isLine ? new Padding(0, pads[0], 0, pads[1]) : new Padding(pads[0], pads[1], pads[2], pads[3]),
                Pair(outputPadding, 0), node.Integer("ceil_mode", 0) == 1);
        }

        /// <summary>The number of windows vertically.</summary>
        public int Rows(int height) => Count(height, Kernel.Height, Stride.Height, Dilation.Height, Padding.Top, Padding.Bottom);

        /// <summary>The number of windows horizontally.</summary>
        public int Columns(int width) => Count(width, Kernel.Width, Stride.Width, Dilation.Width, Padding.Left, Padding.Right);

        int Count(int size, int kernel, int stride, int dilation, int before, int behind)
        {
            long room = (long)size + before + behind - (long)dilation * (kernel - 1) - 1;
            if (room < 0)
                throw new InputException($"a window of {kernel} does not fit {size}");
            long count = (CeilMode ? room + stride - 1 : room) / stride + 1;
            // A window that starts after the image and its leading padding does not count.
            if (CeilMode && (count - 1) * stride >= (long)size + before)
                count--;
            return (int)count;
        }

        static int[] Numbers(NodeReader node, string name, int count, int min, int otherwise)
        {
            long[]? numbers = node.List(name);
            if (numbers is null)
                return [.. Enumerable.Repeat(otherwise, count)];
            return numbers.Length == count && numbers.All(number => number >= min && number <= MaxNumbers)
                ? [.. numbers.Select(number => (int)number)]
                : throw new InputException(
                    $"{name} is [{string.Join(", ", numbers)}]; it has to be {count} numbers from {min} to {MaxNumbers}");
        }
    }
}
