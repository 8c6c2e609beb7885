using Dapprox.Circuits;
using Dapprox.Circuits.Formats;
using Dapprox.Foundation;
using Dapprox.Measurement;
using Dapprox.Tests.Circuits.Formats;
using Xunit;

namespace Dapprox.Tests.Circuits;

public class SignedCircuitTests
{
    public static TheoryData<string, int> Builders => new(
        from kind in (string[])["array", "carry-save", "wallace", "dadda", "booth"]
        from sign in (string[])["signed", "sign-magnitude"]
        from bits in (int[])[1, 2, 3, 4, 5, 8, 15, 32, 64]
        select ($"{kind}:{bits}:{sign}", bits));

    [Theory]
    [MemberData(nameof(Builders))]
    public void Build_WithExactCells_MultipliesInTwosComplement(string description, int bits)
    {
        Netlist circuit = CircuitDescription.Build(description);

        Assert.True(circuit.IsSigned);
        Assert.Null(CircuitComparison.Run(
            [bits, bits], BitSlicedSimulator.Of(circuit).Evaluate, Products, samples: 20_000, seed: 1).Difference);

        UInt128[][] Products(ulong[][] inputs) => [[.. inputs[0].Zip(inputs[1], (a, b) =>
            (UInt128)((Int128)Signed(a, bits) * Signed(b, bits)) & UInt128.MaxValue >> (128 - 2 * bits))]];
    }

    [Theory]
    [InlineData("array:4:signed:sign-magnitude", "give one")]
    [InlineData("blocks:8:signed", "'sign-magnitude' only")]
    [InlineData("array:8:vertical=2:signed", "'sign-magnitude' only")]
    [InlineData("array:8:sgned", "sgned")]
    public void Build_WhatCannotBeSigned_IsRefused(string description, string reason) => Assert.Contains(
        reason, Assert.Throws<InputException>(() => CircuitDescription.Build(description)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(".v", false, true)]
    [InlineData(".v", true, true)]
    [InlineData(".json", false, true)]
    [InlineData(".blif", false, false)]
    [InlineData(".cgp", false, false)]
    public void WriteThenRead_KeepsTheSignWhereTheFormatHasOne(string extension, bool hierarchical, bool kept)
    {
        foreach (string description in (string[])["array:4:signed", "array:4"])
        {
            Netlist circuit = CircuitDescription.Build(description);

            Netlist read = Texts.Read(Texts.Of(circuit, extension, hierarchical), extension);

            Assert.Equal(kept && circuit.IsSigned, read.IsSigned);
            Texts.AssertSameFunction(circuit, read);
        }
    }

    [Theory]
    [InlineData("module m(input signed [1:0] a, input signed [1:0] b, output signed [1:0] p); assign p = a & b; endmodule", true)]
    [InlineData("module m(a, b, p); input signed [1:0] a, b; output signed [1:0] p; assign p = a & b; endmodule", true)]
    [InlineData("module m(input signed [1:0] a, b, output [1:0] p); assign p = a & b; endmodule", true)]
    [InlineData("module m(input [1:0] a, b, output wire [1:0] p); wire signed [1:0] c; assign c = a; assign p = c & b; endmodule", false)]
    public void Read_Verilog_TakesTheSignOfThePorts(string text, bool isSigned) => Assert.Equal(isSigned, Texts.Read(text, ".v").IsSigned);

    [Fact]
    public void Read_VerilogWithSomeSignedInputs_IsRefused() => Assert.Contains(
        "of the inputs of m a are signed and others are not; declare all alike",
        Assert.Throws<InputException>(() => Texts.Read(
            "module m(input signed [1:0] a, input [1:0] b, output [1:0] p); assign p = a & b; endmodule", ".v")).Message,
        StringComparison.Ordinal);

    public static TheoryData<string, bool?, Reading> Readings => new()
    {
        { "array:8", null, Reading.UnsignedProduct },
        { "array:8:signed", null, Reading.SignedProduct },
        { "array:8", true, Reading.UnsignedProduct },
        { "array:8:signed", false, Reading.SignedProduct },
        { "ax-fpm", null, Reading.UnsignedProduct },
        { "ama5-flat", null, Reading.UnsignedProduct },
        { "array:8:ama5", null, Reading.UnsignedProduct },
        { "array:8:vertical=10", null, Reading.UnsignedProduct },
        { "blocks:8:ama5:sign-magnitude", null, Reading.SignedProduct },
    };

    [Theory]
    [MemberData(nameof(Readings))]
    public void NearestReading_OfMultipliers_IsTheirs(string description, bool? isSigned, Reading expected)
    {
        Netlist circuit = CircuitDescription.Build(description);

        Assert.Equal(expected, NearestReading.Of(new IntegerCircuit(circuit.WithSign(isSigned ?? circuit.IsSigned))));
    }

    // Rough ones are as near to one reading as to another.
    [Theory]
    [InlineData(true, Reading.SignedProduct)]
    [InlineData(false, Reading.UnsignedProduct)]
    public void NearestReading_OfZero_IsTheOneTaken(bool isSigned, Reading expected)
    {
        var builder = new NetlistBuilder("zero");
        builder.Input("a", 8);
        builder.Input("b", 8);
        builder.Output("p", new int[16]);

        Assert.Equal(expected, NearestReading.Of(new IntegerCircuit(builder.Build().WithSign(isSigned))));
    }

    [Fact]
    public void FindMultiplier_OfAnAdderOrASignedCircuit_IsRefused()
    {
        using var folder = new TemporaryFolder();
        string adder = folder.File("adder.json"), signed = folder.File("signed.json"), unsaid = folder.File("unsaid.blif");
        CircuitFiles.Write(new CircuitDocument(Adder(8)), adder);
        CircuitFiles.Write(new CircuitDocument(CircuitDescription.Build("array:8:signed")), signed);
        CircuitFiles.Write(new CircuitDocument(CircuitDescription.Build("array:8:signed")), unsaid);

        Assert.Contains("nearer to a + b than to a·b", Refusal(adder), StringComparison.Ordinal);
        Assert.Contains("signed.json' computes is signed; a mantissa multiplier", Refusal(signed), StringComparison.Ordinal);
        Assert.Contains("nearer to products of signed numbers", Refusal(unsaid), StringComparison.Ordinal);

        static string Refusal(string path) => Assert.Throws<InputException>(() => CircuitFiles.FindMultiplier(path)).Message;
    }

    [Fact]
    public void FindMultiplier_OfASignedDescription_IsRefused() => Assert.Contains(
        "is signed; a mantissa multiplier",
        Assert.Throws<InputException>(() => CircuitFiles.FindMultiplier("array:8:signed")).Message, StringComparison.Ordinal);

    static Netlist Adder(int bits)
    {
        var builder = new NetlistBuilder("adder");
        int[] a = builder.Input("a", bits), b = builder.Input("b", bits), sum = new int[bits + 1];
        int carry = Netlist.Zero;
        for (int bit = 0; bit < bits; bit++)
            (sum[bit], carry) = builder.AddBits(Cells.FullAdder, a[bit], b[bit], carry);
        sum[bits] = carry;
        builder.Output("p", sum);
        return builder.Build();
    }

    static long Signed(ulong bits, int width) => (long)(bits << (64 - width)) >> (64 - width);
}
