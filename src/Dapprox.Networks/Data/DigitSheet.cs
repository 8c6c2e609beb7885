using System.IO.Compression;
using Dapprox.Foundation;

namespace Dapprox.Networks.Data;

/// <summary>
/// The digits included with the program: a sheet of 100×50 handwritten digits of 20×20 pixels, five rows for each digit from 0 to
/// 9. Each is placed in 28×28 pixels as in MNIST; a fixed seed splits them.
/// </summary>
static class DigitSheet
{
    const int Columns = 100, Rows = 50, Cell = 20, Side = 28;
    const int Classes = 10, PerClass = Columns * Rows / Classes, TestPerClass = 100;

    // An arbitrary number; changing it would change the splits.
    const ulong SplitSeed = 2021;

    static readonly Lazy<byte[]> Images = new(() => Centre(Decode()));

    public static Dataset Load(DatasetDefinition definition, Split split)
    {
        const int Length = Side * Side;
        int[] order = Order(split);
        byte[] pixels = new byte[order.Length * Length];
        int[] labels = new int[order.Length];
        for (int i = 0; i < order.Length; i++)
        {
            Images.Value.AsSpan(order[i] * Length, Length).CopyTo(pixels.AsSpan(i * Length));
            labels[i] = order[i] / PerClass;
        }

        return new Dataset(definition.Name, split, definition.Channels, Side, Side, definition.Classes, pixels, labels, canonical: true,
            $"{definition.Title} ({DatasetFiles.Text(split)}), {order.Length} images, as shipped with this program: centred in 28×28 "
                + "pixels by their mass, split by a fixed seed");
    }

    /// <summary>
    /// The digits of the split, in order, as indices in the sheet: 100 of each class for testing, the others for training.
    /// </summary>
    internal static int[] Order(Split split)
    {
        var chosen = new List<int>();
        for (int digit = 0; digit < Classes; digit++)
        {
            int[] places = Enumerable.Range(digit * PerClass, PerClass).ToArray();
            var random = new CounterRandom(SplitSeed, stream: (ulong)digit);
            random.Shuffle(places.AsSpan());
            chosen.AddRange(split == Split.Test ? places.Take(TestPerClass) : places.Skip(TestPerClass));
        }

        // Shuffles the classes, so that the first images are a fair sample.
        int[] order = chosen.ToArray();
        var mix = new CounterRandom(SplitSeed, stream: Classes + (ulong)split);
        mix.Shuffle(order.AsSpan());
        return order;
    }

    /// <summary>The grey values of the sheet, row by row.</summary>
    internal static byte[] Decode()
    {
        using Stream resource = typeof(DigitSheet).Assembly.GetManifestResourceStream("digits.gz")!;
        using var unpacked = new GZipStream(resource, CompressionMode.Decompress);
        byte[] grey = new byte[Columns * Cell * Rows * Cell];
        unpacked.ReadExactly(grey);
        return grey;
    }

    /// <summary>Every digit of the sheet in 28×28 pixels, in sheet order.</summary>
    static byte[] Centre(byte[] sheet)
    {
        byte[] images = new byte[Columns * Rows * Side * Side];
        for (int index = 0; index < Columns * Rows; index++)
        {
            ReadOnlySpan<byte> cell = sheet.AsSpan(index / Columns * Cell * Columns * Cell + index % Columns * Cell);
            long mass = 0, down = 0, right = 0;
            for (int y = 0; y < Cell; y++)
            {
                for (int x = 0; x < Cell; x++)
                {
                    int grey = cell[y * Columns * Cell + x];
                    mass += grey;
                    down += y * grey;
                    right += x * grey;
                }
            }

            int top = Shift(down, mass), left = Shift(right, mass);
            for (int y = 0; y < Cell; y++)
                cell.Slice(y * Columns * Cell, Cell).CopyTo(images.AsSpan((index * Side + top + y) * Side + left));
        }

        return images;
    }

    /// <summary>
    /// The shift that moves the centre of mass of a digit, moment / mass, into [13.5, 14.5), where it lies in every MNIST image.
    /// The digit never leaves the frame.
    /// </summary>
    static int Shift(long moment, long mass) =>
        mass == 0 ? (Side - Cell) / 2 : Math.Clamp((int)Math.Ceiling(Side / 2 - 0.5 - (double)moment / mass), 0, Side - Cell);
}
