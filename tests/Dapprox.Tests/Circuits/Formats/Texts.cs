using Dapprox.Circuits;
using Dapprox.Circuits.Formats;
using Dapprox.Measurement;
using Xunit;

namespace Dapprox.Tests.Circuits.Formats;

/// <summary>Circuits to text and back.</summary>
static class Texts
{
    public static string Of(Netlist netlist, string extension, bool hierarchical = false)
    {
        using var writer = new StringWriter();
        if (hierarchical)
            VerilogWriter.WriteHierarchical(netlist, writer);
        else
            CircuitFormat.Of(extension)!.Write!(new CircuitDocument(netlist), writer);
        return writer.ToString();
    }

    public static Netlist Read(string text, string extension) =>
        CircuitFormat.Of(extension)!.Read!(new SourceText("given" + extension, text), "given").Circuit;

    /// <summary>Compares with the definition, for all inputs or 300.</summary>
    public static void AssertSameFunction(Netlist expected, Netlist actual)
    {
        Assert.Equal(expected.Inputs.Select(bus => bus.Width), actual.Inputs.Select(bus => bus.Width));
        Assert.Equal(expected.Outputs.Select(bus => bus.Width), actual.Outputs.Select(bus => bus.Width));
        ulong[][] inputs = CircuitComparison.Inputs([.. expected.Inputs.Select(bus => bus.Width)], 300, seed: 7);
        for (int i = 0; i < inputs[0].Length; i++)
        {
            ulong[] given = [.. inputs.Select(bus => bus[i])];
            Assert.Equal(expected.Evaluate(given), actual.Evaluate(given));
        }
    }

    /// <summary>All pairs of operands give the products of a function.</summary>
    public static void AssertComputes(Netlist circuit, Func<ulong, ulong, ulong> product)
    {
        int bits = circuit.Inputs[0].Width;
        for (ulong a = 0; a < 1UL << bits; a++)
        {
            for (ulong b = 0; b < 1UL << bits; b++)
                Assert.Equal(product(a, b), circuit.Evaluate(a, b)[0]);
        }
    }
}
