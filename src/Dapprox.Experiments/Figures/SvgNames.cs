using System.Text.RegularExpressions;

namespace Dapprox.Experiments.Figures;

/// <summary>Makes the identifiers in SVG pictures unique. SkiaSharp numbers clips and the like through the whole process.</summary>
static partial class SvgNames
{
    /// <summary>
    /// A picture whose identifiers are its name and a number from 0, so that equal drawings have equal bytes and a page can have several.
    /// </summary>
    /// <param name="svg">The picture as SkiaSharp wrote it.</param>
    /// <param name="name">A name that no other picture of the page has.</param>
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
