using System.Globalization;

namespace DefensiveApproximation.Cli;

/// <summary>The largest distance of an attack, with the text that it was given as: <c>8/255</c> is printed as it was given.</summary>
/// <param name="Value">The distance, pixels from 0 to 1.</param>
/// <param name="Text">A number or a fraction.</param>
readonly record struct Epsilon(double Value, string Text)
{
    /// <summary>Converts a word.</summary>
    /// <param name="name">The option, for the message.</param>
    /// <param name="text">A number, or two with a slash between them.</param>
    /// <exception cref="InputException">It is neither.</exception>
    public static Epsilon Parse(string name, string text)
    {
        string[] parts = text.Split('/');
        double[] numbers = Array.ConvertAll(parts, part => double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : double.NaN);
        double value = numbers.Length switch { 1 => numbers[0], 2 => numbers[0] / numbers[1], _ => double.NaN };
        return value is >= 0 and < double.PositiveInfinity
            ? new Epsilon(value, text.Trim())
            : throw new InputException($"{name} is '{text}'; give a distance of pixels from 0 to 1, as a number such as 0.03 or a fraction such as 8/255");
    }

    /// <inheritdoc/>
    public override string ToString() => Text;
}
