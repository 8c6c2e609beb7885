using System.Text.RegularExpressions;

namespace Dapprox.Experiments.Figures;

/// <summary>SkiaSharp numbers what it defines in SVG pictures, such as clips, through the whole process.</summary>
static partial class SvgNames
{
    /// <summary>
    /// A picture that counts its own from 0, under its name, so that the same drawing is the same bytes and several fit on a page.
    /// </summary>
    /// <param name="svg">The picture.</param>
    /// <param name="name">What no other picture of the page is called.</param>
    public static string Renumbered(string svg, string name)
    {
        var numbers = new Dictionary<string, int>();
        return DefinedName().Replace(svg, defined =>
        {
            if (!numbers.TryGetValue(defined.Value, out int number))
                numbers[defined.Value] = number = numbers.Count;
            return $"{name}-{number}";
        });
    }

    [GeneratedRegex(@"\b(cl|img|gradient|pattern)_[0-9a-f]+\b")]
    private static partial Regex DefinedName();
}
