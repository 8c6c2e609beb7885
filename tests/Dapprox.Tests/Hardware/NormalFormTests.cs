using CsCheck;
using Dapprox.Circuits;
using Dapprox.Hardware;
using Dapprox.Measurement;
using Dapprox.Tests.Circuits.Formats;
using Xunit;

namespace Dapprox.Tests.Hardware;

public sealed class NormalFormTests
{
    // "Within one per cent" of the price of the circuit as it was built.
    const double Tolerance = 0.01;

    static readonly NormalForm Form = new(CellLibrary.Shipped);

    public static TheoryData<string> Circuits => new(
        "array:8", "array:8:ama2:columns=8", "array:8:ama5", "wallace:8", "booth:8", "array:8:ama1", "array:8:ama3", "array:8:ama4",
        "array:8:axa1", "array:8:axa2", "array:8:axa3", "array:8:inxa1", "array:8:inxa2", "array:8:tcaa", "array:8:tsaa:columns=9",
        "array:8:loa:columns=8", "dadda:8", "carry-save:8", "blocks:8:ama5:block=4", "array:8:signed", "booth:8:signed",
        "wallace:8:ama1:columns=6:sign-magnitude", "array:8:vertical=4:horizontal=2", "ax-fpm");

    [Theory]
    [MemberData(nameof(Circuits))]
    public void Of_AnyCircuit_ComputesTheSame(string description) => AssertSame(CircuitDescription.Build(description));

    [Fact]
    public void Of_RandomCircuits_ComputesTheSame() =>
        RandomNetlists.Any.Sample(AssertSame);

    /// <summary>An exact adder, however it is spelt, is one cell.</summary>
    [Theory]
    [InlineData("s = a ^ b ^ c; y = (a & b) | (a & c) | (b & c)")]
    [InlineData("s = a ^ (b ^ c); y = (a & b) | (c & (a ^ b))")]
    [InlineData("s = (a ^ c) ^ b; y = (a ^ b) ? c : a")]
    [InlineData("y = (a & b) | (c & (a | b)); s = (a & b & c) | ((a | b | c) & ~y)")]
    [InlineData("s = ~(~a ^ b ^ c) ^ 1'b1 ^ 1'b1; y = ~((~a & ~b) | (~a & ~c) | (~b & ~c))")]
    public void Of_SpelledAdder_IsAnAdder(string formulas)
    {
        string[] assigns = formulas.Split("; ");
        Netlist circuit = Texts.Read(
            $"module m(input a, input b, input c, output s, output y); assign {assigns[0]}; assign {assigns[1]}; endmodule", ".v");

        Assert.Equal(["fa"], Form.Of(circuit).Elements.Select(element => element.Cell.Name));
    }

    [Fact]
    public void Of_XorOfFourNands_IsAnXor()
    {
        Netlist circuit = Texts.Read(
            "module m(input a, input b, output y); wire n, p, q; nand(n, a, b); nand(p, a, n); nand(q, b, n); nand(y, p, q); endmodule",
            ".v");

        Assert.Equal(["xor"], Form.Of(circuit).Elements.Select(element => element.Cell.Name));
    }

    [Fact]
    public void Of_ArrayOfAma5_IsItsPartialProductsOnly() =>
        Assert.All(Form.Of(CircuitDescription.Build("array:8:ama5")).Elements, element => Assert.Equal("and", element.Cell.Name));

    [Fact]
    public void Of_ExactArray_IsItsAndGatesAndAdders()
    {
        string[] cells = [.. Form.Of(CircuitDescription.Build("array:8")).Elements.Select(element => element.Cell.Name)];

        Assert.Equal((64, 8, 48, 120), (Count("and"), Count("ha"), Count("fa"), cells.Length));

        int Count(string cell) => cells.Count(name => name == cell);
    }

    [Theory]
    [MemberData(nameof(Circuits))]
    public void Of_ItsOwnResult_IsAsLarge(string description)
    {
        Netlist once = Form.Of(CircuitDescription.Build(description)), twice = Form.Of(once);

        // Cells that were found are other gates to a second round, which may find a little more or less.
        Assert.InRange(Transistors(twice) / Transistors(once), 0.95, 1.05);

        static double Transistors(Netlist circuit) =>
            circuit.Elements.Sum(element => CellLibrary.Shipped.Find(element.Cell).Transistors);
    }

    [Theory]
    [MemberData(nameof(Circuits))]
    public void Price_OfAnyFormat_IsThatOfTheCircuit(string description) =>
        Assert.Empty(Differences(CircuitDescription.Build(description)));

    /// <summary>
    /// Random cells on random nets are full of redundancy, which formats spell differently: of 24,000 such files 3 had another price.
    /// </summary>
    [Fact]
    public void Price_OfRandomCircuits_IsTheSameInAnyFormat()
    {
        const int Circuits = 1000;
        string[] others =
        [
            .. Enumerable.Range(0, Circuits).SelectMany(seed => Differences(RandomNetlists.Build((ulong)seed, operands: true))),
        ];

        Assert.True(others.Length <= Circuits / 1000, string.Join('\n', others));
    }

    static IEnumerable<string> Differences(Netlist circuit)
    {
        CircuitCost built = Price(circuit);
        foreach (string extension in (string[])[".v", ".blif", ".cgp", ".json"])
        {
            CircuitCost read = Price(Texts.Read(Texts.Of(circuit, extension), extension));
            (string Name, double Built, double Read)[] figures =
            [
                ("energy", built.Energy, read.Energy), ("delay", built.Delay, read.Delay), ("area", built.Area, read.Area),
                ("leakage", built.LeakagePower, read.LeakagePower),
            ];
            string[] different =
            [
                .. figures.Where(figure => Math.Abs(figure.Read - figure.Built) > Tolerance * figure.Built)
                    .Select(figure => $"{figure.Name} {figure.Read} instead of {figure.Built}"),
            ];
            if (different.Length > 0)
                yield return $"{circuit} as {extension}: {string.Join(", ", different)}";
        }
    }

    static CircuitCost Price(Netlist circuit) =>
        new CostMeasurement(circuit, CellLibrary.Shipped).OnRandomOperands(IntegerDistribution.Uniform, samples: 512, seed: 1);

    static void AssertSame(Netlist circuit)
    {
        Netlist normal = Form.Of(circuit);

        Assert.Equal(circuit.Inputs.Select(bus => bus.Name), normal.Inputs.Select(bus => bus.Name));
        Assert.Equal(circuit.IsSigned, normal.IsSigned);
        Texts.AssertSameFunction(circuit, normal);
    }
}
