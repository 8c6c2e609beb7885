using Dapprox.Arithmetic;
using Dapprox.Circuits;
using Dapprox.Foundation;

namespace Dapprox;

/// <summary>The multipliers that have a name on the command line: formulas, and circuits that have one.</summary>
public static class Multipliers
{
    /// <summary>All of them; the first is the default wherever one is asked for.</summary>
    public static IReadOnlyList<FloatMultiplier> All { get; } =
    [
        ExactMultiplier.Rounded,
        AxFpm.Released,
        AxFpm.Wrapped,
        AxFpm.Renormalised,
        Ama5Flat.Instance,
        HeapLike.Instance,
        Bfloat16Multiplier.Truncated,
        Bfloat16Multiplier.Nearest,
        ExactMultiplier.FusedSum,
    ];

    /// <summary>The multiplier with that name.</summary>
    /// <param name="name">One of the names in <see cref="All"/>, in any case.</param>
    /// <exception cref="InputException">There is none; the message lists the names and suggests the nearest.</exception>
    public static FloatMultiplier Find(string name) => Names.Find("multiplier", name, All, multiplier => multiplier.Name);
}
