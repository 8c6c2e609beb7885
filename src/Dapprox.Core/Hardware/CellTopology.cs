using Dapprox.Circuits;

namespace Dapprox.Hardware;

/// <summary>A static CMOS stage: it drives its node low where the pull-down network of NMOS transistors conducts, else high.</summary>
/// <param name="Node">The node that it drives.</param>
/// <param name="PullDown">NMOS transistors from the node to ground, each conducting where its gate is high.</param>
/// <param name="PullUp">PMOS transistors from the node to the supply, each conducting where its gate is low.</param>
sealed record CmosStage(string Node, SwitchNetwork PullDown, SwitchNetwork PullUp)
{
    /// <summary>A stage whose pull-up network is the dual of its pull-down network.</summary>
    public CmosStage(string node, SwitchNetwork pullDown)
        : this(node, pullDown, pullDown.Dual)
    {
    }

    public int Transistors => PullDown.Transistors + PullUp.Transistors;
}

/// <summary>
/// A cell as transistors. Its nodes are i0, i1 and i2 for the inputs in their order, o0 and o1 for the outputs, and others
/// inside. A constant output has no node.
/// </summary>
/// <param name="Cell">What it computes.</param>
/// <param name="Stages">The stages, each after those that drive its gates.</param>
/// <param name="Source">Where the circuit is from.</param>
sealed record CellTopology(Cell Cell, IReadOnlyList<CmosStage> Stages, string Source)
{
    const string Inverse = "x";

    /// <summary>How many transistors there are.</summary>
    public int Transistors => Stages.Sum(stage => stage.Transistors);

    /// <summary>The published circuit of the mirror adders, for other cells a generated one.</summary>
    /// <param name="cell">Any cell; one without a published circuit gets a generated one.</param>
    public static CellTopology Of(Cell cell)
    {
        SwitchNetwork a = Gate(Input(0)), b = Gate(Input(1)), c = Gate(Input(2));
        SwitchNetwork notSum = Gate(Inverse + 0), notCarry = Gate(Inverse + 1), carryOut = Gate(Output(1));
        // The majority and, with the inverted carry, the parity are their own duals: the pull-up mirrors the pull-down.
        SwitchNetwork majority = (a & b) | (c & (a | b)), parity = (a & b & c) | (notCarry & (a | b | c));
        const string Mirror = "mirror adder with output inverters (Weste, Harris, CMOS VLSI Design)";
        const string Gupta = ", after the equations of Gupta et al., IEEE TCAD 2013";
        CmosStage sum = new(Output(0), notSum), carry = new(Output(1), notCarry);
        CmosStage exactCarry = new(Inverse + 1, majority, majority), andOrCarry = new(Inverse + 1, b | (a & c));
        CmosStage invertedCarry = new(Output(0), carryOut);
        // The same objects as in Cells: another cell of such a name has another circuit.
        return cell switch
        {
            _ when cell == Cells.FullAdder => new(cell, [exactCarry, new(Inverse + 0, parity, parity), carry, sum], Mirror),
            _ when cell == Cells.Ama1 => new(cell, [andOrCarry, new(Inverse + 0, (a & b & c) | (notCarry & c)), carry, sum],
                "mirror adder with transistors removed, and output inverters" + Gupta),
            _ when cell == Cells.Ama2 =>
                new(cell, [exactCarry, carry, invertedCarry], "carry stage of the mirror adder and two inverters" + Gupta),
            _ when cell == Cells.Ama3 => new(cell, [andOrCarry, carry, invertedCarry], "carry stage of AMA1 and two inverters" + Gupta),
            _ when cell == Cells.Ama4 => new(
                cell, [new(Inverse + 1, a), carry, new(Inverse + 0, c & (notCarry | b)), sum], "static sum stage and inverters" + Gupta),
            _ when cell == Cells.Ama5 => new(cell, [new(Inverse + 0, b), sum, new(Inverse + 1, a), carry], "two buffers" + Gupta),
            _ => TopologySearch.Smallest(cell),
        };
    }

    /// <summary>The node of an input.</summary>
    public static string Input(int input) => $"i{input}";

    /// <summary>The node of an output.</summary>
    public static string Output(int output) => $"o{output}";

    static SwitchNetwork.Transistor Gate(string node) => new(node);
}
