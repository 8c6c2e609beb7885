using Dapprox.Foundation;
using Dapprox.Kernels;

namespace Dapprox.Networks.Formats.Onnx;

sealed partial class OnnxImport
{
    /// <summary>The geometry of a filter or pool over lines, images or volumes; a line is also an image of one row.</summary>
    /// <param name="Sizes">The size of a window along each dimension.</param>
    /// <param name="Strides">The distance between windows.</param>
    /// <param name="Dilations">The distance between the elements of a window.</param>
    /// <param name="Before">The padding before each dimension.</param>
    /// <param name="Behind">The padding behind each dimension.</param>
    /// <param name="Added">What a transposed convolution adds to its output behind each dimension.</param>
    /// <param name="CeilMode">Whether a last window may extend beyond the end.</param>
    sealed record Window(
        int[] Sizes, int[] Strides, int[] Dilations, int[] Before, int[] Behind, int[] Added, bool CeilMode)
    {
        const int Volume = 3;

        public bool IsLine => Sizes.Length == 1;

        public bool IsVolume => Sizes.Length == Volume;

        /// <summary>Rows and columns of a window; likewise the next ones.</summary>
        public Steps Kernel => Pair(Sizes, 1);

        public Steps Stride => Pair(Strides, 1);

        public Steps Dilation => Pair(Dilations, 1);

        public Padding Padding => IsLine
            ? new Padding(0, Before[0], 0, Behind[0])
            : new Padding(Before[0], Before[1], Behind[0], Behind[1]);

        public Steps OutputPadding => Pair(Added, 0);

        public static Window Of(NodeReader node, Value input, int dimensions, int[] kernel, bool isTransposed = false)
        {
            if (dimensions is < 1 or > Volume || input.Shape.Length != dimensions + 1)
                throw new InputException($"its windows have {dimensions} dimensions, and one image has {input.Shape.Length}; windows "
                    + "over lines [channels, length], images [channels, height, width] and volumes [channels, depth, height, width] are "
                    + "read");
            if (isTransposed && dimensions == Volume)
                throw new InputException("it is a transposed convolution of volumes; those of lines and images are read");
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

            return new Window(
                kernel, strides, dilations, pads[..dimensions], pads[dimensions..], outputPadding, node.Integer("ceil_mode", 0) == 1);
        }

        /// <summary>The number of windows along each dimension.</summary>
        /// <param name="sizes">The dimensions of a line, image or volume.</param>
        public int[] Counts(ReadOnlySpan<int> sizes)
        {
            int[] counts = new int[sizes.Length];
            for (int axis = 0; axis < counts.Length; axis++)
            {
                long room = (long)sizes[axis] + Before[axis] + Behind[axis] - (long)Dilations[axis] * (Sizes[axis] - 1) - 1;
                if (room < 0)
                    throw new InputException($"a window of {Sizes[axis]} does not fit {sizes[axis]}");
                long count = (CeilMode ? room + Strides[axis] - 1 : room) / Strides[axis] + 1;
                // A window that starts after the image and its leading padding does not count.
                if (CeilMode && (count - 1) * Strides[axis] >= (long)sizes[axis] + Before[axis])
                    count--;
                counts[axis] = (int)Math.Min(count, int.MaxValue);
            }

            return counts;
        }

        /// <summary>
        /// For the elements of a window, in order, the index in a plane of these sizes; −1 in the padding, −2 beyond it, which a last
        /// window in ceil mode covers.
        /// </summary>
        /// <param name="window">The indices of the window along each dimension.</param>
        public int[] Elements(ReadOnlySpan<int> sizes, ReadOnlySpan<int> window)
        {
            int[] elements = [0];
            for (int axis = 0; axis < Sizes.Length; axis++)
            {
                int[] longer = new int[elements.Length * Sizes[axis]];
                for (int i = 0; i < longer.Length; i++)
                {
                    int outer = elements[i / Sizes[axis]];
                    long index = (long)window[axis] * Strides[axis] - Before[axis] + (long)(i % Sizes[axis]) * Dilations[axis];
                    int own = index >= (long)sizes[axis] + Behind[axis] ? -2 : index < 0 || index >= sizes[axis] ? -1 : (int)index;
                    longer[i] = outer < 0 || own < 0 ? Math.Min(outer < 0 ? outer : 0, own < 0 ? own : 0) : outer * sizes[axis] + own;
                }

                elements = longer;
            }

            return elements;
        }

        Steps Pair(int[] numbers, int alone) => IsLine ? new Steps(alone, numbers[0]) : new Steps(numbers[0], numbers[1]);

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
