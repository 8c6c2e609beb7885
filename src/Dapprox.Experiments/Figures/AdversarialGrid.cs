using System.Globalization;
using Dapprox.Experiments.Results;
using SkiaSharp;

namespace Dapprox.Experiments.Figures;

/// <summary>
/// A picture of adversarial examples, one per row: the clean image, the perturbation, the adversarial image, and in words
/// the predictions of networks.
/// </summary>
public static class AdversarialGrid
{
    const int PixelRatio = PlotStyle.PixelRatio;

    // All in figure pixels; the PNG has PixelRatio times as many.
    const int Picture = 112, Gap = 14, Margin = 16, Heading = 34, Caption = 190;

    const float TextSize = 13, LineHeight = 20;

    static readonly SKColor Ink = new(0x1b, 0x1f, 0x24), Right = new(0x00, 0x72, 0xB2), Wrong = new(0xD5, 0x5E, 0x00),
        Frame = new(0xC9, 0xCE, 0xD4);

    /// <summary>The width of the picture in figure pixels; the PNG has twice as many.</summary>
    public const int Width = 2 * Margin + 3 * Picture + 3 * Gap + Caption;

    /// <summary>The height of the picture in figure pixels; the PNG has twice as many.</summary>
    /// <param name="examples">The number of examples.</param>
    public static int Height(int examples) => Heading + examples * (Picture + Gap) + Margin - Gap;

    /// <summary>Draws the examples.</summary>
    /// <param name="examples">From top to bottom, at least one.</param>
    /// <returns>A PNG.</returns>
    /// <exception cref="ArgumentException">There are no examples, or an image does not fill its shape.</exception>
    public static byte[] Draw(IReadOnlyList<AdversarialExample> examples)
    {
        ArgumentNullException.ThrowIfNull(examples);
        if (examples.Count == 0)
            throw new ArgumentException("There is nothing to draw.", nameof(examples));
        using var surface = SKSurface.Create(new SKImageInfo(Width * PixelRatio, Height(examples.Count) * PixelRatio));
        SKCanvas canvas = surface.Canvas;
        canvas.Clear(SKColors.White);
        canvas.Scale(PixelRatio);
        using var plain = new SKFont(FigureFont.Regular, TextSize) { Subpixel = true };
        using var bold = new SKFont(FigureFont.Bold, TextSize) { Subpixel = true };
        using var ink = new SKPaint { Color = Ink, IsAntialias = true };

        string[] headings = ["clean", "perturbation", "adversarial"];
        for (int column = 0; column < headings.Length; column++)
            canvas.DrawText(headings[column], Left(column) + Picture / 2f, Heading - 12, SKTextAlign.Center, bold, ink);
        for (int row = 0; row < examples.Count; row++)
            DrawRow(canvas, examples[row], Heading + row * (Picture + Gap), plain, bold, ink);

        using SKImage image = surface.Snapshot();
        using SKData data = image.Encode(SKEncodedImageFormat.Png, quality: 100);
        return data.ToArray();
    }

    static int Left(int column) => Margin + column * (Picture + Gap);

    static void DrawRow(SKCanvas canvas, AdversarialExample example, int top, SKFont plain, SKFont bold, SKPaint ink)
    {
        float[] clean = example.Clean, adversarial = example.Adversarial;
        if (clean.Length != example.Channels * example.Height * example.Width || adversarial.Length != clean.Length)
            throw new ArgumentException(
                $"{clean.Length} and {adversarial.Length} numbers are not two images "
                + $"of {example.Channels}×{example.Height}×{example.Width}.",
                nameof(example));
        float largest = clean.Zip(adversarial, (x, y) => Math.Abs(y - x)).Max();
        DrawImage(canvas, example, clean, Left(0), top);
        // Grey where nothing changed; black and white at the largest change.
        float[] perturbation = [.. clean.Zip(adversarial, (x, y) => largest == 0 ? 0.5f : 0.5f + (y - x) / (2 * largest))];
        DrawImage(canvas, example, perturbation, Left(1), top);
        DrawImage(canvas, example, adversarial, Left(2), top);

        float left = Left(3), line = top + TextSize + 2;
        canvas.DrawText(example.Attack, left, line, SKTextAlign.Left, bold, ink);
        canvas.DrawText($"true class: {example.Label}", left, line += LineHeight, SKTextAlign.Left, plain, ink);
        foreach (ExamplePrediction prediction in example.Predictions)
        {
            // The word as well as the colour: not every reader sees the colour.
            string verdict = prediction.Right ? "right" : "fooled";
            using var colour = new SKPaint { Color = prediction.Right ? Right : Wrong, IsAntialias = true };
            canvas.DrawText(
                $"{prediction.Network}: {prediction.Class} ({verdict})", left, line += LineHeight, SKTextAlign.Left, plain, colour);
        }

        string distance = example.L2.ToString("F2", CultureInfo.InvariantCulture);
        canvas.DrawText(
            $"L2 = {distance}, L∞ = {largest.ToString("0.###", CultureInfo.InvariantCulture)}",
            left, line + LineHeight, SKTextAlign.Left, plain, ink);
    }

    static void DrawImage(SKCanvas canvas, AdversarialExample example, float[] pixels, int left, int top)
    {
        using var bitmap = new SKBitmap(example.Width, example.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        int plane = example.Height * example.Width;
        for (int y = 0; y < example.Height; y++)
        {
            for (int x = 0; x < example.Width; x++)
            {
                int i = y * example.Width + x;
                byte red = Level(pixels[i]);
                bitmap.SetPixel(x, y, example.Channels == 3
                    ? new SKColor(red, Level(pixels[plane + i]), Level(pixels[2 * plane + i]))
                    : new SKColor(red, red, red));
            }
        }

        // Pixels stay squares: smoothing would hide the perturbation.
        using SKImage image = SKImage.FromBitmap(bitmap);
        var area = new SKRect(left, top, left + Picture, top + Picture);
        canvas.DrawImage(image, area, new SKSamplingOptions(SKFilterMode.Nearest));
        using var frame = new SKPaint { Color = Frame, IsStroke = true, StrokeWidth = 1 };
        canvas.DrawRect(area, frame);
    }

    static byte Level(float value) => (byte)Math.Clamp((int)MathF.Round(255 * value), 0, 255);
}
