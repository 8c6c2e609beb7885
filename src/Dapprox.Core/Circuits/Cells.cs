using Dapprox.Foundation;

namespace Dapprox.Circuits;

/// <summary>The cells that have a name: gates, and full adders exact and approximate.</summary>
/// <remarks>
/// <para>AMA1 to AMA5 are numbered as in Gupta, Mohapatra, Raghunathan, Roy, "Low-Power Digital Signal Processing Using
/// Approximate Adders", IEEE TCAD 32(1), 2013. The same authors' "IMPACT", ISLPED 2011, calls AMA3, AMA4 and AMA5
/// approximations 1, 2 and 3.</para>
/// <para>An adder's inputs are A, B and C, its outputs Sum and Cout. In an array of this program A is the new partial
/// product, B the running sum and C the carry: cells that do not treat them alike, AMA5 for one, depend on it.</para>
/// </remarks>
public static class Cells
{
    const string Gupta = "Gupta et al., IEEE TCAD 2013";
    const string Yang = "Yang, Jain, Liang, Han, Lombardi, IEEE-NANO 2013";
    const string Almurib = "Almurib, Kumar, Lombardi, DATE 2016";
    const string YangThapliyal = "Yang, Thapliyal, IEEE ISVLSI 2020";

    /// <summary>Y = A.</summary>
    public static Cell Buffer { get; } = Gate("buf", "01", "A");

    /// <summary>Y = A′.</summary>
    public static Cell Not { get; } = Gate("not", "10", "A'");

    /// <summary>Y = AB.</summary>
    public static Cell And { get; } = Gate("and", "0001", "AB");

    /// <summary>Y = A + B.</summary>
    public static Cell Or { get; } = Gate("or", "0111", "A + B");

    /// <summary>Y = A ⊕ B.</summary>
    public static Cell Xor { get; } = Gate("xor", "0110", "A ^ B");

    /// <summary>Y = (AB)′.</summary>
    public static Cell Nand { get; } = Gate("nand", "1110", "(AB)'");

    /// <summary>Y = (A + B)′.</summary>
    public static Cell Nor { get; } = Gate("nor", "1000", "(A + B)'");

    /// <summary>Y = (A ⊕ B)′.</summary>
    public static Cell Xnor { get; } = Gate("xnor", "1001", "(A ^ B)'");

    /// <summary>Y = AB′.</summary>
    public static Cell AndNot { get; } = Gate("andn", "0010", "AB'");

    /// <summary>Y = A + B′.</summary>
    public static Cell OrNot { get; } = Gate("orn", "1011", "A + B'");

    /// <summary>Y = B where S, otherwise A.</summary>
    public static Cell Multiplexer { get; } = new("mux", ["A", "B", "S"], ("Y", "00011011")) { Logic = "AS' + BS" };

    /// <summary>Adds two bits.</summary>
    public static Cell HalfAdder { get; } = new("ha", ["A", "B"], ("Sum", "0110"), ("Cout", "0001")) { Logic = "Sum = A ^ B; Cout = AB" };

    /// <summary>Adds three bits, exactly: the mirror adder.</summary>
    public static Cell FullAdder { get; } = Adder("fa", "01101001", "00010111", "Sum = A ^ B ^ C; Cout = AB + AC + BC", 24,
        "Weste, Harris, CMOS VLSI Design, 4th edition, section 11.2");

    /// <summary>Approximate mirror adder 1.</summary>
    public static Cell Ama1 { get; } = Adder("ama1", "01000001", "00110111", "Sum = A'B'C + ABC; Cout = B + AC", 16, Gupta);

    /// <summary>Approximate mirror adder 2.</summary>
    public static Cell Ama2 { get; } = Adder("ama2", "11101000", "00010111", "Sum = Cout'; Cout exact", 14, Gupta);

    /// <summary>Approximate mirror adder 3 (IMPACT's approximation 1).</summary>
    public static Cell Ama3 { get; } = Adder("ama3", "11001000", "00110111", "Sum = Cout'; Cout = B + AC", 11, Gupta);

    /// <summary>Approximate mirror adder 4 (IMPACT's approximation 2).</summary>
    public static Cell Ama4 { get; } = Adder("ama4", "01010001", "00001111", "Sum = C(A' + B); Cout = A", 15, Gupta);

    /// <summary>Approximate mirror adder 5 (IMPACT's approximation 3): two buffers.</summary>
    public static Cell Ama5 { get; } = Adder("ama5", "00110011", "00001111", "Sum = B; Cout = A", 8, Gupta);

    /// <summary>The full adders, exact first.</summary>
    public static IReadOnlyList<Cell> Adders { get; } =
    [
        FullAdder,
        Ama1,
        Ama2,
        Ama3,
        Ama4,
        Ama5,
        Adder("axa1", "01010101", "00101011", "Sum = C; Cout = ((A ^ B)C + A'B')'", 8, Yang),
        Adder("axa2", "11000011", "00010111", "Sum = (A ^ B)'; Cout exact", 6, Yang),
        Adder("axa3", "01000001", "00010111", "Sum = (A ^ B)'C; Cout exact", 8, Yang),
        Adder("inxa1", "01101001", "01010101", "Sum exact; Cout = C", 6, Almurib),
        Adder("inxa2", "01111101", "00010111", "Sum = (A ^ B) + C; Cout exact", 8, Almurib),
        Adder("inxa3", "11101000", "00010111", "Sum = Cout'; Cout exact", 6, Almurib),
        Adder("tcaa", "11101000", "00010111", "Sum = Cout'; Cout exact", null, YangThapliyal),
        Adder("tsaa", "01101001", "10010110", "Sum exact; Cout = Sum'", null, YangThapliyal),
        Adder("loa", "00111111", "00000000", "Sum = A + B; Cout = 0", 6, "Mahdiani et al., IEEE TCAS-I 2010"),
    ];

    /// <summary>The gates.</summary>
    public static IReadOnlyList<Cell> Gates { get; } =
        [Buffer, Not, And, Or, Xor, Nand, Nor, Xnor, AndNot, OrNot, Multiplexer, HalfAdder];

    /// <summary>All: adders, then gates.</summary>
    public static IReadOnlyList<Cell> All { get; } = [.. Adders, .. Gates];

    /// <summary>The full adder with that name.</summary>
    /// <param name="name">The name of one of <see cref="Adders"/>, in any case.</param>
    /// <exception cref="InputException">There is none; the message lists them.</exception>
    public static Cell FindAdder(string name) => Names.Find("full adder", name, Adders, cell => cell.Name);

    static Cell Gate(string name, string table, string logic) =>
        new(name, table.Length == 2 ? ["A"] : ["A", "B"], ("Y", table)) { Logic = logic };

    static Cell Adder(string name, string sum, string carry, string logic, int? transistors, string source) =>
        new(name, ["A", "B", "C"], ("Sum", sum), ("Cout", carry)) { Logic = logic, Transistors = transistors, Source = source };
}
