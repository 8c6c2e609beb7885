using System.IO.Enumeration;
using Dapprox.Foundation;
using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Graph;

/// <summary>Which of a network's multiplying layers an approximate multiplier replaces.</summary>
public sealed class LayerSelection
{
    // Of names from a file, in a message.
    const int LongestMessage = 1000;

    readonly Func<Layer, int, int, bool> selects;
    // Each of which has to fit a layer.
    readonly IReadOnlyList<string> patterns;

    LayerSelection(string name, string summary, Func<Layer, int, int, bool> selects, IReadOnlyList<string>? patterns = null)
    {
        Name = name;
        Summary = summary;
        this.selects = selects;
        this.patterns = patterns ?? [];
    }

    /// <summary>All of them, as in the released code of "Defensive Approximation".</summary>
    public static LayerSelection All { get; } = new("all", "every layer that multiplies", (_, _, _) => true);

    /// <summary>Convolutions only, as its text says.</summary>
    public static LayerSelection Convolutions { get; } = new("convolutions", "convolutions only", (layer, _, _) => layer is Convolution2D);

    /// <summary>Dense layers, products of matrices included.</summary>
    public static LayerSelection Dense { get; } = new(
        "dense", "dense layers and matrix products only", (layer, _, _) => layer is not Convolution2D);

    /// <summary>All but the first and the last.</summary>
    public static LayerSelection Inner { get; } = new(
        "inner", "all but the first and the last", (_, place, count) => place > 0 && place < count - 1);

    /// <summary>Those that have a name.</summary>
    public static IReadOnlyList<LayerSelection> Known { get; } = [All, Convolutions, Dense, Inner];

    /// <summary>The name on the command line, or the layers' names.</summary>
    public string Name { get; }

    /// <summary>What it selects, in words.</summary>
    public string Summary { get; }

    /// <summary>The layers that are named.</summary>
    /// <param name="patterns">Their names; <c>*</c> stands for any letters, <c>?</c> for one.</param>
    public static LayerSelection Named(IReadOnlyList<string> patterns) => new(
        string.Join(',', patterns), "the layers of these names",
        (layer, _, _) => patterns.Any(pattern => Fits(pattern, layer)), patterns);

    /// <summary>The selection with that name, or of the layers with these names, between commas.</summary>
    /// <param name="given">One of <see cref="Known"/>, or names and patterns.</param>
    public static LayerSelection Parse(string given) =>
        Known.FirstOrDefault(known => string.Equals(known.Name, given, StringComparison.OrdinalIgnoreCase))
        ?? Named(given.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The selected layers, each by its place in the network.</summary>
    /// <param name="layers">All layers of a network.</param>
    /// <exception cref="InputException">None is selected, or one of the names is none; the message lists the layers that
    /// multiply.</exception>
    public HashSet<int> Of(IReadOnlyList<Layer> layers)
    {
        int[] multiplying = [.. Enumerable.Range(0, layers.Count).Where(i => layers[i] is IMultiplies)];
        HashSet<int> selected = [.. multiplying.Where((layer, place) => selects(layers[layer], place, multiplying.Length))];
        string? unfit = patterns.FirstOrDefault(
            pattern => !multiplying.Any(layer => Fits(pattern, layers[layer]))) ?? (selected.Count == 0 ? Name : null);
        return unfit is null || multiplying.Length == 0
            ? selected
            : throw new InputException(
                InputFile.OneLine(
                    $"no layer is '{unfit}'; the layers that multiply are "
                        + $"{string.Join(", ", multiplying.Select(layer => layers[layer].Name))}",
                    LongestMessage));
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    static bool Fits(string pattern, Layer layer) => FileSystemName.MatchesSimpleExpression(pattern, layer.Name);
}
