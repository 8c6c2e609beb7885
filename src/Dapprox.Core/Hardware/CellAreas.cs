using Dapprox.Circuits;

namespace Dapprox.Hardware;

/// <summary>The areas of cells: of some published layouts, of others an estimate.</summary>
static class CellAreas
{
    /// <summary>The rule in words, for a library.</summary>
    public const string Rule =
        "fa and ama1 to ama5: layouts in IBM 90 nm (Gupta et al., IEEE TCAD 2013) times (45 / 90)^2; other cells: the area of fa times "
            + "the ratio of the total transistor widths, which is that of the numbers of transistors";

    // The transistors of the mirror adder with its output inverters.
    const int MirrorTransistors = 28;

    const double Scale = 45.0 / 90 * (45.0 / 90);

    static readonly (Cell Cell, double Area)[] Published =
        [(Cells.FullAdder, 40.66), (Cells.Ama1, 29.31), (Cells.Ama2, 25.5), (Cells.Ama3, 22.56), (Cells.Ama4, 23.91), (Cells.Ama5, 13.54)];

    /// <summary>The area of a cell in µm².</summary>
    /// <param name="cell">A cell of known topology.</param>
    /// <param name="transistors">How many transistors it has.</param>
    public static double Of(Cell cell, int transistors)
    {
        foreach ((Cell published, double area) in Published)
        {
            if (published == cell)
                return Scale * area;
        }

        return Scale * Published[0].Area * transistors / MirrorTransistors;
    }
}
