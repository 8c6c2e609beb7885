using Dapprox.Circuits;
using Dapprox.Foundation;

namespace Dapprox.Search;

/// <summary>A number by which designs are compared, smaller being better unless it says otherwise.</summary>
/// <param name="Name">The name on the command line: <c>mred</c>.</param>
/// <param name="Of">The number for a design.</param>
/// <param name="LargerIsBetter">Whether to maximise the number.</param>
public sealed record DesignFigure(string Name, Func<Design, double> Of, bool LargerIsBetter = false)
{
    /// <summary>The quantity, and what it is relative to, for an axis.</summary>
    public string Title { get; init; } = Name;
}

/// <summary>A circuit that a search evaluates; what several figures need is measured once.</summary>
/// <param name="circuit">A multiplier of the measurement's width.</param>
/// <param name="measurement">Measures errors and cost, on first use.</param>
public sealed class Design(Netlist circuit, DesignMeasurement measurement)
{
    readonly Lazy<DesignErrors> errors = new(() => measurement.Errors(circuit));
    readonly Lazy<DesignCost> cost = new(() => measurement.Cost(circuit));

    /// <summary>The circuit.</summary>
    public Netlist Circuit => circuit;

    /// <summary>The errors of the circuit, measured on first use.</summary>
    public DesignErrors Errors => errors.Value;

    /// <summary>The cost of the circuit, measured on first use.</summary>
    public DesignCost Cost => cost.Value;
}

/// <summary>The figures that need only the circuit and its measurement, and the objectives made of them.</summary>
public static class DesignFigures
{
    /// <summary><c>mred</c>: <see cref="DesignErrors.Mred"/>.</summary>
    public static DesignFigure Mred { get; } = new("mred", design => design.Errors.Mred) { Title = "MRED" };

    /// <summary><c>nmed</c>: <see cref="DesignErrors.Nmed"/>.</summary>
    public static DesignFigure Nmed { get; } = new("nmed", design => design.Errors.Nmed) { Title = "NMED" };

    /// <summary><c>shareAbove</c>: <see cref="DesignErrors.ShareAbove"/>.</summary>
    public static DesignFigure ShareAbove { get; } =
        new("shareAbove", design => design.Errors.ShareAbove) { Title = "fraction of products above exact" };

    /// <summary><c>energy</c>: <see cref="DesignCost.Energy"/>.</summary>
    public static DesignFigure Energy { get; } =
        new("energy", design => design.Cost.Energy) { Title = "energy, relative to the exact array" };

    /// <summary><c>delay</c>: <see cref="DesignCost.Delay"/>.</summary>
    public static DesignFigure Delay { get; } = new("delay", design => design.Cost.Delay) { Title = "delay, relative to the exact array" };

    /// <summary><c>area</c>: <see cref="DesignCost.Area"/>.</summary>
    public static DesignFigure Area { get; } = new("area", design => design.Cost.Area) { Title = "area, relative to the exact array" };

    /// <summary>
    /// <c>transistors</c>: those that publications count in the full adders (<see cref="Cell.Transistors"/>), relative to
    /// those in the exact array of the same width, n(n − 1) mirror adders. Gates and half adders are left out.
    /// </summary>
    public static DesignFigure Transistors { get; } =
        new("transistors", design => TransistorShare(design.Circuit)) { Title = "transistors of full adders, relative to the exact array" };

    /// <summary>All figures above.</summary>
    public static IReadOnlyList<DesignFigure> All { get; } = [Mred, Nmed, ShareAbove, Energy, Delay, Area, Transistors];

    /// <summary>The distance of figures from their goals: the root of the mean squared relative difference.</summary>
    /// <param name="goals">Figures with their goals, which are not zero.</param>
    public static DesignFigure Miss(IReadOnlyList<(DesignFigure Figure, double Goal)> goals) =>
        new("miss", design => Math.Sqrt(goals.Average(goal => Square(goal.Figure.Of(design) / goal.Goal - 1))))
        {
            Title = "distance from the goals, root mean square",
        };

    /// <summary>The objectives, which a search minimises: the figures, negated where larger is better.</summary>
    /// <param name="design">The design to measure.</param>
    /// <param name="figures">The figures, in the order of the result.</param>
    public static double[] Values(Design design, IReadOnlyList<DesignFigure> figures) =>
        [.. figures.Select(figure => figure.LargerIsBetter ? -figure.Of(design) : figure.Of(design))];

    /// <summary>The figures of a design as they are.</summary>
    /// <param name="design">The design to measure.</param>
    /// <param name="figures">The figures, in the order of the result.</param>
    public static double[] Measure(Design design, IReadOnlyList<DesignFigure> figures) => [.. figures.Select(figure => figure.Of(design))];

    static double Square(double number) => number * number;

    static double TransistorShare(Netlist circuit)
    {
        double sum = 0;
        foreach (Element element in circuit.Elements.Where(element => element.Cell.IsAdder))
        {
            sum += element.Cell.Transistors ?? throw new InputException(
                $"the transistors of the cell {element.Cell} are not published; leave the cell, or the transistors, out");
        }

        int bits = circuit.Inputs[0].Width;
        return sum / (bits * (bits - 1) * Cells.FullAdder.Transistors!.Value);
    }
}
