using Dapprox.Foundation;
using Dapprox.Networks.Data;
using Dapprox.Networks.Tensors;

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

    /// <summary>
    /// Every image of the batch, shifted, rotated and mirrored by amounts drawn from the seed, the image index and the epoch.
    /// </summary>
    /// <param name="data">All images.</param>
    /// <param name="batch">The indices of the images in the batch.</param>
    /// <param name="options">The options with the seed and the largest amounts.</param>
    /// <param name="epoch">The epoch; each draws different amounts for the same image.</param>
    public static Tensor Batch(Dataset data, ReadOnlySpan<int> batch, TrainingOptions options, int epoch)
    {
        Tensor images = data.Images(batch);
        if (options.Shift == 0 && options.Rotation == 0 && !options.Flip)
            return images;
        Tensor result = Tensor.Zeros(images.Shape);
        for (int i = 0; i < batch.Length; i++)
        {
            var random = new CounterRandom(options.Seed, (ulong)batch[i], RandomPurpose.Augmentation + (ulong)epoch);
            int right = random.NextInt32(2 * options.Shift + 1) - options.Shift;
            int down = random.NextInt32(2 * options.Shift + 1) - options.Shift;
            double degrees = (2 * random.NextDouble() - 1) * options.Rotation;
            Move(images.Row(i), data.Height, data.Width, right, down, degrees, result.Row(i));
            if (options.Flip && random.NextInt32(2) == 1)
                Flip(result.Row(i), data.Width);
        }

        return result;
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
