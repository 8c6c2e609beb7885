namespace Dapprox.Hardware;

/// <summary>Transistors in series and parallel between two points: half of a static CMOS gate.</summary>
abstract record SwitchNetwork
{
    /// <summary>How many transistors there are.</summary>
    public abstract int Transistors { get; }

    /// <summary>The network that conducts where this one does not, if its transistors are of the other kind: series for parallel.</summary>
    public abstract SwitchNetwork Dual { get; }

    public static SwitchNetwork operator &(SwitchNetwork left, SwitchNetwork right) => new Series(left, right);

    public static SwitchNetwork operator |(SwitchNetwork left, SwitchNetwork right) => new Parallel(left, right);

    /// <summary>One transistor.</summary>
    /// <param name="Gate">The node at its gate.</param>
    public sealed record Transistor(string Gate) : SwitchNetwork
    {
        public override int Transistors => 1;

        public override SwitchNetwork Dual => this;
    }

    /// <summary>Both must conduct.</summary>
    public sealed record Series(SwitchNetwork Upper, SwitchNetwork Lower) : SwitchNetwork
    {
        public override int Transistors { get; } = Upper.Transistors + Lower.Transistors;

        public override SwitchNetwork Dual => new Parallel(Upper.Dual, Lower.Dual);
    }

    /// <summary>One must conduct.</summary>
    public sealed record Parallel(SwitchNetwork Left, SwitchNetwork Right) : SwitchNetwork
    {
        public override int Transistors { get; } = Left.Transistors + Right.Transistors;

        public override SwitchNetwork Dual => new Series(Left.Dual, Right.Dual);
    }
}
