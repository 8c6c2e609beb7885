using System.Globalization;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Geometry;

namespace Dapprox.Cli.Options;

/// <summary>A perturbation budget ε with its text as given, <c>0.1</c> or <c>8/255</c>, which is also printed.</summary>
/// <param name="Value">The number.</param>
readonly record struct Epsilon(double Value, string Text)
{
    /// <summary>Reads a decimal number or a fraction.</summary>
    /// <param name="name">The option, for the message.</param>
    /// <param name="text">The word.</param>
    /// <param name="isLegal">Whether a number is legal.</param>
    /// <param name="legal">The legal numbers as text, for the message.</param>
    /// <exception cref="InputException">The text is not a legal number or fraction.</exception>
    public static Epsilon Parse(string name, string text, Func<double, bool> isLegal, string legal)
    {
        string[] parts = text.Split('/', 2, StringSplitOptions.TrimEntries);
        double[] numbers = Array.ConvertAll(
            parts,
            part => double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : double.NaN);
        double value = numbers.Length == 1 ? numbers[0] : numbers[0] / numbers[1];
        return double.IsFinite(value) && isLegal(value) ? new Epsilon(
            value, string.Join('/', parts)) : throw new InputException($"{name} is '{text}'; give {legal}");
    }

    /// <summary>Checks that a budget is no larger than the distance of any two images.</summary>
    /// <param name="norm">The norm of the budget.</param>
    /// <param name="pixels">The number of values of an image.</param>
    /// <exception cref="InputException">It is larger.</exception>
    public void ThrowIfBeyondAllImages(Norm norm, int pixels)
    {
        double largest = norm.Largest(pixels);
        if (Value > largest)
            throw new InputException($"--epsilon is {this}, but no two images are further apart than {largest:0.##} in "
                + $"{norm.Symbol()}; give a smaller number, such as 0.1 (pixels lie between 0 and 1)");
    }

    /// <inheritdoc/>
    public override string ToString() => Text;
}
