using System.Text.RegularExpressions;

namespace DefensiveApproximation.Experiments.Figures;

/// <summary>SkiaSharp numbers the clips of SVG pictures through the whole process.</summary>
static partial class SvgClips
{
    /// <summary>A picture whose clips are numbered from 0, so that the same drawing is the same bytes.</summary>
    /// <param name="svg">The picture.</param>
    public static string Renumbered(string svg)
    {
        var numbers = new Dictionary<string, int>();
        return ClipName().Replace(svg, clip =>
        {
            if (!numbers.TryGetValue(clip.Value, out int number))
                numbers[clip.Value] = number = numbers.Count;
            return $"cl_{number}";
        });
    }

    [GeneratedRegex(@"\bcl_[0-9a-f]+\b")]
    private static partial Regex ClipName();
}
