using Dapprox.Foundation;
using Dapprox.Networks.Data;

namespace Dapprox.Networks.Corruptions;

/// <summary>
/// A common corruption: a change of an image that happens without an adversary, at five severities. The kinds follow Hendrycks, Dietterich,
/// "Benchmarking Neural Network Robustness to Common Corruptions and Perturbations", ICLR 2019, and Mu, Gilmer, "MNIST-C: A Robustness
/// Benchmark for Computer Vision", ICML 2019 workshop; the formulas and the constants of the severities are ours.
/// </summary>
/// <remarks>
/// A corrupted image depends on the seed, the corruption and the position of the image in its split, and on nothing else. The five
/// severities of an image draw the same random numbers. The result is a picture again: every value is clipped to [0, 1] and rounded to
/// one of 256 levels.
/// </remarks>
public sealed class Corruption
{
    /// <summary>The number of severities; they are called 1 to 5.</summary>
    public const int Severities = 5;

    const double White = 255;

    /// <summary>Corrupts a picture by an amount, 0 or 1 of which often changes nothing.</summary>
    internal delegate Picture Change(Picture image, double amount, CounterRandom random);

    readonly Change change;

    Corruption(string name, string summary, double[] amounts, Change change) =>
        (Name, Summary, Amounts, this.change) = (name, summary, amounts, change);

    /// <summary>The name on the command line: <c>gaussian-noise</c>.</summary>
    public string Name { get; }

    /// <summary>What it does, as a formula of its amount.</summary>
    public string Summary { get; }

    /// <summary>The amount at each of the five severities. Lengths are in pixels of an image whose shorter side has 32.</summary>
    public IReadOnlyList<double> Amounts { get; }

    /// <summary>Whether grey images have nothing that it could change.</summary>
    public bool NeedsColour { get; private init; }

    /// <summary>All corruptions: noise, blur, light, moves, drawings.</summary>
    public static IReadOnlyList<Corruption> All { get; } =
    [
        new("gaussian-noise", "x + σ·n, n normal", [0.06, 0.12, 0.18, 0.25, 0.35], Noise.Gaussian),
        new("shot-noise", "P/λ, P Poisson of mean λ·x", [60, 25, 12, 6, 3], Noise.Shot),
        new("impulse-noise", "black or white with probability p", [0.03, 0.07, 0.12, 0.2, 0.3], Noise.Impulse),
        new("speckle-noise", "x + σ·x·n, n normal", [0.15, 0.25, 0.35, 0.5, 0.7], Noise.Speckle),
        new("gaussian-blur", "Gaussian of standard deviation σ", [0.5, 0.8, 1.1, 1.5, 2], Blur.Gaussian),
        new("defocus-blur", "disc of radius r", [0.8, 1.2, 1.7, 2.3, 3], Blur.Defocus),
        new("motion-blur", "line of length l, within 45° of horizontal", [2, 3.5, 5, 7, 9], Blur.Motion),
        new("zoom-blur", "mean of enlargements from 1 to 1 + z", [0.1, 0.2, 0.3, 0.45, 0.6], Blur.Zoom),
        new("glass-blur", "pixels taken from up to d away", [0.7, 1, 1.5, 2, 2.6], Blur.Glass),
        new("brightness", "x + b", [0.1, 0.2, 0.3, 0.4, 0.5], Light.Brightness),
        new("contrast", "m + k·(x − m), m the image's mean", [0.6, 0.4, 0.3, 0.2, 0.1], Light.Contrast),
        new("saturate", "g + k·(x − g), g the pixel's grey", [1.5, 2, 3, 5, 8], Light.Saturate) { NeedsColour = true },
        new("fog", "(x + t·f)/(1 + t), f a cloud (plasma fractal)", [0.3, 0.6, 1, 1.6, 2.5], Light.Fog),
        new("pixelate", "b times coarser", [1.3, 1.8, 2.5, 3.5, 5], Light.Pixelate),
        new("translate", "by d in any direction", [1, 2, 3, 4.5, 6], Warp.Translate),
        new("rotate", "by an angle in degrees, left or right", [8, 16, 25, 35, 45], Warp.Rotate),
        new("shear", "by k times the distance from the middle row", [0.15, 0.3, 0.45, 0.6, 0.8], Warp.Shear),
        new("scale", "to k times the size", [0.9, 0.8, 0.7, 0.6, 0.5], Warp.Scale),
        new("elastic", "by a smooth random field of root mean square d", [0.5, 0.8, 1.2, 1.7, 2.3], Warp.Elastic),
        new("stripe", "a vertical band of width w inverted", [1, 2, 3, 4, 6], Drawing.Stripe),
        new("spatter", "drops over a fraction p", [0.03, 0.06, 0.1, 0.16, 0.25], Drawing.Spatter),
        new("dotted-line", "n white dotted lines", [1, 2, 3, 4, 5], Drawing.DottedLines),
        new("zigzag", "n white zigzag lines", [1, 2, 3, 4, 5], Drawing.Zigzags),
        new("occlusion", "a grey square of side w", [5, 7, 9, 12, 16], Drawing.Occlude),
        new("edges", "(1 − k)·x + k·e, e the edges (Sobel)", [0.2, 0.4, 0.6, 0.8, 1], Drawing.Edges),
    ];

    /// <summary>The corruption with that name.</summary>
    /// <param name="name">One of the names in <see cref="All"/>, in any case.</param>
    /// <exception cref="InputException">No corruption has that name; the message lists the names and suggests the nearest.</exception>
    public static Corruption Find(string name) => Names.Find("corruption", name, All, corruption => corruption.Name);

    /// <summary>The images, each corrupted, with their labels.</summary>
    /// <param name="images">The images; grey, or red, green and blue.</param>
    /// <param name="severity">1 to 5.</param>
    /// <param name="seed">Determines every random number.</param>
    /// <param name="threads">The maximum degree of parallelism, which changes no result; 0 for the number of processors.</param>
    /// <exception cref="ArgumentException">The images are grey, and the corruption needs colour.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="severity"/> is outside its range.</exception>
    public Dataset Of(Dataset images, int severity, ulong seed = 1, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentOutOfRangeException.ThrowIfLessThan(severity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(severity, Severities);
        if (NeedsColour && images.Channels == 1)
            throw new ArgumentException($"{Name} needs colour, and the images of {images.Name} are grey.", nameof(images));
        int length = images.Channels * images.Height * images.Width;
        byte[] corrupted = new byte[images.Pixels.Length];
        ParallelRange.OneByOne(images.Count, ParallelRange.Threads(threads), i =>
        {
            var picture = new Picture(images.Channels, images.Height, images.Width);
            ReadOnlySpan<byte> clean = images.Pixels.Span.Slice(i * length, length);
            for (int j = 0; j < length; j++)
                picture.Values[j] = clean[j] / White;
            var random = new CounterRandom(seed, (ulong)(images.Offset + i), Purpose);
            Picture result = Apply(picture, Amounts[severity - 1], random);
            for (int j = 0; j < length; j++)
                corrupted[i * length + j] = (byte)Math.Round(White * Math.Clamp(result.Values[j], 0, 1));
        });
        return new Dataset(
            images.Name, images.Split, images.Channels, images.Height, images.Width, images.Classes, corrupted, images.Labels,
            images.Canonical, $"{images.Provenance}; {Name}, severity {severity}, seed {seed}", images.Offset);
    }

    /// <summary>The name as a number, so that a corruption draws the same numbers whatever others there are (FNV-1a).</summary>
    ulong Purpose => Name.Aggregate(0xCBF29CE484222325, (hash, letter) => (hash ^ letter) * 0x100000001B3);

    /// <summary>Corrupts one picture by any amount.</summary>
    internal Picture Apply(Picture image, double amount, CounterRandom random) => change(image, amount, random);
}
