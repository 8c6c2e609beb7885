using Dapprox.Foundation;
using Dapprox.Networks.Data;

namespace Dapprox.Networks.Training;

/// <summary>Shifts, rotates and mirrors training images, so that a network learns invariance to position.</summary>
static class Augmentation
{
    /// <summary>
    /// Rotates an image about its centre, then shifts it, with bilinear interpolation and zeros outside. A shift by an integer
    /// number of pixels without rotation copies the pixels exactly.
    /// </summary>
    /// <param name="image">The planes of one image, consecutively.</param>
    /// <param name="height">The rows of a plane.</param>
    /// <param name="width">The columns of a plane.</param>
    /// <param name="right">The shift to the right, in pixels.</param>
    /// <param name="down">The shift downwards, in pixels.</param>
    /// <param name="degrees">The angle of rotation.</param>
    /// <param name="destination">Receives the planes, as long as <paramref name="image"/>.</param>
    public static void Move(ReadOnlySpan<float> image, int height, int width, int right, int down, double degrees, Span<float> destination)
    {
        if (degrees == 0)
        {
            Shift(image, height, width, right, down, destination);
            return;
        }

        (double sin, double cos) = Math.SinCos(degrees * (Math.PI / 180));
        double middleX = (width - 1) / 2.0, middleY = (height - 1) / 2.0;
        for (int start = 0; start < image.Length; start += height * width)
        {
            ReadOnlySpan<float> plane = image.Slice(start, height * width);
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    // The position in the image that maps to (x, y).
                    double fromX = x - right - middleX, fromY = y - down - middleY;
                    destination[start + y * width + x] =
                        Interpolate(plane, height, width, cos * fromX + sin * fromY + middleX, cos * fromY - sin * fromX + middleY);
                }
            }
        }
    }

    /// <summary>Mirrors an image, left to right.</summary>
    /// <param name="image">The planes of one image, consecutively.</param>
    /// <param name="width">The columns of a plane.</param>
    public static void Flip(Span<float> image, int width)
    {
        for (int row = 0; row < image.Length; row += width)
            image.Slice(row, width).Reverse();
    }

    /// <summary>Sets a square to zero in every plane; what reaches beyond the image is cut off.</summary>
    /// <param name="image">The planes of one image, consecutively.</param>
    /// <param name="height">The rows of a plane.</param>
    /// <param name="width">The columns of a plane.</param>
    /// <param name="top">The first row of the square; may be negative.</param>
    /// <param name="left">The first column of the square; may be negative.</param>
    /// <param name="side">The rows and columns of the square.</param>
    public static void CutOut(Span<float> image, int height, int width, int top, int left, int side)
    {
        int firstColumn = Math.Max(0, left), endColumn = Math.Min(width, left + side);
        for (int row = 0; row < image.Length / width; row++)
        {
            if (row % height >= top && row % height < top + side && firstColumn < endColumn)
                image[(row * width + firstColumn)..(row * width + endColumn)].Clear();
        }
    }

    /// <summary>
    /// Every image of the batch, shifted, rotated, mirrored and cut out by amounts drawn from the seed, the image index and the epoch.
    /// </summary>
    /// <param name="data">All images.</param>
    /// <param name="batch">The indices of the images in the batch.</param>
    /// <param name="options">The options with the seed and the largest amounts.</param>
    /// <param name="epoch">The epoch; each draws different amounts for the same image.</param>
    public static Tensor Batch(Dataset data, int[] batch, TrainingOptions options, int epoch)
    {
        Tensor images = data.Images(batch);
        if (options.Shift == 0 && options.Rotation == 0 && !options.Flip && options.CutOut == 0)
            return images;
        Tensor result = Tensor.Zeros(images.Shape);
        ParallelRange.OneByOne(batch.Length, ParallelRange.Threads(options.Threads), i =>
        {
            var random = new CounterRandom(options.Seed, (ulong)batch[i], RandomPurpose.Augmentation + (ulong)epoch);
            int right = random.NextInt32(2 * options.Shift + 1) - options.Shift;
            int down = random.NextInt32(2 * options.Shift + 1) - options.Shift;
            double degrees = (2 * random.NextDouble() - 1) * options.Rotation;
            Span<float> image = result.Row(i);
            Move(images.Row(i), data.Height, data.Width, right, down, degrees, image);
            if (options.Flip && random.NextInt32(2) == 1)
                Flip(image, data.Width);
            if (options.CutOut > 0)
            {
                // The centre of the square is anywhere in the image.
                int top = random.NextInt32(data.Height) - options.CutOut / 2, left = random.NextInt32(data.Width) - options.CutOut / 2;
                CutOut(image, data.Height, data.Width, top, left, options.CutOut);
            }
        });
        return result;
    }

    static void Shift(ReadOnlySpan<float> image, int height, int width, int right, int down, Span<float> destination)
    {
        destination.Clear();
        int count = width - Math.Abs(right);
        for (int row = 0; row < image.Length / width; row++)
        {
            int y = row % height + down;
            if (count > 0 && y >= 0 && y < height)
                image.Slice(row * width + Math.Max(0, -right), count).CopyTo(destination[((row + down) * width + Math.Max(0, right))..]);
        }
    }

    static float Interpolate(ReadOnlySpan<float> plane, int height, int width, double x, double y)
    {
        int left = (int)Math.Floor(x), top = (int)Math.Floor(y);
        float a = (float)(x - left), b = (float)(y - top);
        return (1 - b) * ((1 - a) * At(plane, height, width, left, top) + a * At(plane, height, width, left + 1, top))
            + b * ((1 - a) * At(plane, height, width, left, top + 1) + a * At(plane, height, width, left + 1, top + 1));
    }

    static float At(ReadOnlySpan<float> plane, int height, int width, int x, int y) =>
        (uint)x < (uint)width && (uint)y < (uint)height ? plane[y * width + x] : 0;
}
