using System.IO.Enumeration;
using Dapprox.Foundation;
using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Graph;

/// <summary>Which of a network's multiplying layers an approximate multiplier replaces.</summary>
public sealed class LayerSelection
{
    // Limits the names from a file in a message.
    const int LongestMessage = 1000;

    readonly Func<Layer, int, int, bool> selects;
    // The patterns, each of which has to match a layer.
    readonly IReadOnlyList<string> patterns;

    LayerSelection(string name, string summary, Func<Layer, int, int, bool> selects, IReadOnlyList<string>? patterns = null)
    {
        Name = name;
        Summary = summary;
        this.selects = selects;
        this.patterns = patterns ?? [];
    }

    /// <summary>All layers that multiply, as in the released code of "Defensive Approximation".</summary>
    public static LayerSelection All { get; } = new("all", "every layer that multiplies", (_, _, _) => true);

    /// <summary>Convolutions only, as in the text of the paper.</summary>
    public static LayerSelection Convolutions { get; } = new("convolutions", "convolutions only", (layer, _, _) => layer is Convolution2D);

    /// <summary>Dense layers, products of matrices included.</summary>
    public static LayerSelection Dense { get; } = new(
        "dense", "dense layers and matrix products only", (layer, _, _) => layer is not Convolution2D);

    /// <summary>All but the first and the last.</summary>
    public static LayerSelection Inner { get; } = new(
        "inner", "all but the first and the last", (_, index, count) => index > 0 && index < count - 1);

    /// <summary>The selections with a name.</summary>
    public static IReadOnlyList<LayerSelection> Known { get; } = [All, Convolutions, Dense, Inner];

    /// <summary>The name on the command line, or the layers' names.</summary>
    public string Name { get; }

    /// <summary>Describes the selection.</summary>
    public string Summary { get; }

    /// <summary>A selection of layers by name.</summary>
    /// <param name="patterns">The names; <c>*</c> stands for any characters, <c>?</c> for one.</param>
    public static LayerSelection Named(IReadOnlyList<string> patterns) => new(
        string.Join(',', patterns), "the layers of these names",
        (layer, _, _) => patterns.Any(pattern => Fits(pattern, layer)), patterns);

    /// <summary>The selection with that name, or of the layers with these names, separated by commas.</summary>
    /// <param name="given">One of <see cref="Known"/>, or names and patterns.</param>
    public static LayerSelection Parse(string given) =>
        Known.FirstOrDefault(known => string.Equals(known.Name, given, StringComparison.OrdinalIgnoreCase))
        ?? Named(given.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The indices of the selected layers in the network.</summary>
    /// <param name="layers">All layers of a network.</param>
    /// <exception cref="InputException">No layer is selected, or a name matches no layer; the message lists the layers that
    /// multiply.</exception>
    public HashSet<int> Of(IReadOnlyList<Layer> layers)
    {
        int[] multiplying = [.. Enumerable.Range(0, layers.Count).Where(i => layers[i] is IMultiplies)];
        HashSet<int> selected = [.. multiplying.Where((layer, index) => selects(layers[layer], index, multiplying.Length))];
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
