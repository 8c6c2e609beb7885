using Dapprox.Arithmetic;
using Dapprox.Foundation;

namespace Dapprox.Networks.Graph;

/// <summary>
/// A multiplier for each of some layers of a network, used as one multiplier: <see cref="Network.With"/> gives every layer its own.
/// Layers that it does not name keep theirs.
/// </summary>
public sealed class LayerMultipliers : Multiplier
{
    /// <summary>Assigns multipliers to layers.</summary>
    /// <param name="name">Its name for a reader.</param>
    /// <param name="parts">Multipliers and their layers, at least one; where two name the same layer, the later holds.</param>
    /// <exception cref="InputException">Some multiply integers, and others floats.</exception>
    public LayerMultipliers(string name, IReadOnlyList<(Multiplier Multiplier, LayerSelection Layers)> parts)
        : base(name, "a multiplier for each layer", "")
    {
        ArgumentNullException.ThrowIfNull(parts);
        ArgumentOutOfRangeException.ThrowIfZero(parts.Count, nameof(parts));
        Parts = parts;
        Multipliers = [.. parts.Select(part => part.Multiplier).Distinct()];
        MultipliesIntegers = Multipliers[0].MultipliesIntegers;
        if (Multipliers.FirstOrDefault(one => one.MultipliesIntegers != MultipliesIntegers) is Multiplier other)
        {
            (Multiplier integers, Multiplier floats) = MultipliesIntegers ? (Multipliers[0], other) : (other, Multipliers[0]);
            throw new InputException(
                $"{floats.Name} multiplies floats and {integers.Name} integers; the multipliers of a network are of one kind");
        }
    }

    /// <summary>Multipliers and their layers, in the order in which they are assigned.</summary>
    public IReadOnlyList<(Multiplier Multiplier, LayerSelection Layers)> Parts { get; }

    /// <summary>The multipliers, each once.</summary>
    public IReadOnlyList<Multiplier> Multipliers { get; }

    /// <inheritdoc/>
    public override bool MultipliesIntegers { get; }

    /// <inheritdoc/>
    public override bool IsExact => Multipliers.All(multiplier => multiplier.IsExact);
}
