using Dapprox.Circuits;
using Xunit;

namespace Dapprox.Tests.Circuits;

public class NetlistTests
{
    [Fact]
    public void Evaluate_FollowsTheCells()
    {
        var builder = new NetlistBuilder("majority-and-parity");
        int[] a = builder.Input("a", 2), b = builder.Input("b", 1);
        (int sum, int carry) = builder.AddBits(Cells.FullAdder, a[0], a[1], b[0]);
        builder.Output("p", [sum, carry, Netlist.One, a[1], builder.Gate(Cells.AndNot, a[0], a[1])]);
        Netlist netlist = builder.Build();

        // a = 01, b = 1: sum 0, carry 1, 1, a1 = 0, a0 and not a1 = 1.
        Assert.Equal(0b10110UL, netlist.Evaluate(0b01, 1)[0]);
        Assert.Equal(0b01111UL, netlist.Evaluate(0b11, 1)[0]);
        // Higher bits do not count.
        Assert.Equal(0b10110UL, netlist.Evaluate(0b101, 3)[0]);
        Assert.Throws<ArgumentException>(() => netlist.Evaluate(1));
    }

    [Fact]
    public void Instantiate_PutsTheSameFunctionThere_AndRemembersIt()
    {
        Netlist inner = CircuitDescription.Build("array:3:ama1");
        var builder = new NetlistBuilder("two");
        int[] a = builder.Input("a", 3), b = builder.Input("b", 3);
        builder.Output("p", builder.Instantiate(inner, a, b)[0]);
        builder.Output("q", builder.Instantiate(inner, b, a)[0]);
        Netlist two = builder.Build();

        for (ulong i = 0; i < 64; i++)
            Assert.Equal([inner.Evaluate(i >> 3, i & 7)[0], inner.Evaluate(i & 7, i >> 3)[0]], two.Evaluate(i >> 3, i & 7));
        Assert.Equal([0, inner.Elements.Count], two.Instances.Select(instance => instance.FirstElement));
        Assert.All(two.Instances, instance => Assert.Same(inner, instance.Definition));
        Assert.Throws<ArgumentException>(() => new NetlistBuilder("x").Instantiate(inner, [0, 0], [0, 0, 0]));
    }

    [Fact]
    public void Builder_RefusesNetsThatAreNotThere()
    {
        var builder = new NetlistBuilder("bad");
        int[] a = builder.Input("a", 2);

        Assert.Throws<ArgumentException>(() => builder.Gate(Cells.And, a[0], 99));
        Assert.Throws<ArgumentException>(() => builder.Gate(Cells.And, a[0]));
        Assert.Throws<ArgumentException>(() => builder.Output("p", [99]));
        Assert.Throws<ArgumentException>(() => builder.Output("p", []));
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.Input("b", NetlistBuilder.MaxBits + 1));
        builder.Gate(Cells.Not, a[0]);
        Assert.Throws<InvalidOperationException>(() => builder.Input("late", 1));
    }

    // Of an array of AMA5 cells only wires and partial products are left.
    [Fact]
    public void LogicNetwork_LeavesOutWhatComputesNothing()
    {
        Assert.Equal(8 + 7, new LogicNetwork(CircuitDescription.Build("array:8:ama5")).Functions.Count);
        var builder = new NetlistBuilder("constants");
        int a = builder.Input("a", 1)[0];
        int zero = builder.Gate(Cells.And, a, Netlist.Zero), one = builder.Gate(Cells.Xnor, a, a), same = builder.Gate(Cells.Or, a, zero);
        builder.Output("p", [zero, one, same, builder.Gate(Cells.Xor, same, one)]);
        var network = new LogicNetwork(builder.Build());

        Assert.Equal([Netlist.Zero, Netlist.One, a], network.Outputs[0][..3]);
        Assert.Single(network.Functions);
    }
}
