using ScottPlot;
using SkiaSharp;

namespace Dapprox.Experiments.Figures;

/// <summary>The font of all figures. It is included, because a machine or container may have no fonts.</summary>
sealed class FigureFont : IFontResolver
{
    /// <summary>The name of the font in plots.</summary>
    public const string Name = "dapprox DejaVu Sans";

    static readonly Lazy<SKTypeface> RegularFace = new(() => Load("DejaVuSans.ttf"));
    static readonly Lazy<SKTypeface> BoldFace = new(() => Load("DejaVuSans-Bold.ttf"));

    /// <summary>The upright face.</summary>
    public static SKTypeface Regular => RegularFace.Value;

    /// <summary>The bold face.</summary>
    public static SKTypeface Bold => BoldFace.Value;

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
        Face(fontName, bold: weight >= FontWeight.SemiBold);

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => Face(fontName, bold);

    static SKTypeface? Face(string fontName, bool bold)
    {
        if (fontName != Name)
            return null;
        return bold ? Bold : Regular;
    }

    static SKTypeface Load(string resource)
    {
        using Stream stream = typeof(FigureFont).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"The resource {resource} is missing.");
        using SKData data = SKData.Create(stream);
        return SKTypeface.FromData(data);
    }
}
