using CsCheck;
using Dapprox.Circuits;
using Dapprox.Foundation;

namespace Dapprox.Tests.Circuits.Formats;

/// <summary>Netlists of any cells, with constants, unread wires, outputs that are inputs, and netlists inside.</summary>
static class RandomNetlists
{
    /// <summary>One to three inputs of up to six bits, one or two outputs.</summary>
    public static Gen<Netlist> Any { get; } = Gen.ULong.Select(seed => Build(seed, operands: false));

    /// <summary>Two inputs of the same width and one output.</summary>
    public static Gen<Netlist> Operands { get; } = Gen.ULong.Select(seed => Build(seed, operands: true));

    /// <summary>One of them.</summary>
    public static Netlist Build(ulong seed, bool operands)
    {
        var random = new CounterRandom(seed);
        Netlist[] inner = [Part(ref random, "part"), Part(ref random, "part"), Through()];
        var builder = new NetlistBuilder($"random:{seed}");
        var nets = new List<int> { Netlist.Zero, Netlist.One };
        int inputs = operands ? 2 : 1 + random.NextInt32(3), width = 1 + random.NextInt32(6);
        for (int i = 0; i < inputs; i++)
            nets.AddRange(builder.Input(i == 0 ? "n5" : $"in-{i}", operands ? width : 1 + random.NextInt32(6)));
        int parts = random.NextInt32(4);
        for (int part = 0; part <= parts; part++)
        {
            AddCells(builder, nets, ref random, random.NextInt32(12));
            Netlist definition = inner[random.NextInt32(inner.Length)];
            int[][] buses = new int[definition.Inputs.Count][];
            for (int bus = 0; bus < buses.Length; bus++)
                buses[bus] = Pick(nets, ref random, definition.Inputs[bus].Width);
            if (part < parts)
                nets.AddRange(builder.Instantiate(definition, buses).SelectMany(bus => bus));
        }

        builder.Output("p", Pick(nets, ref random, 1 + random.NextInt32(8)));
        if (!operands && random.NextInt32(2) == 0)
            builder.Output("always", Pick(nets, ref random, 1 + random.NextInt32(64)));
        return builder.Build();
    }

    static Netlist Part(ref CounterRandom random, string name)
    {
        var builder = new NetlistBuilder(name);
        List<int> nets = [Netlist.Zero, Netlist.One, .. builder.Input("x", 2), .. builder.Input("y", 1)];
        AddCells(builder, nets, ref random, 1 + random.NextInt32(5));
        builder.Output("z", Pick(nets, ref random, 4));
        return builder.Build();
    }

    /// <summary>No cells: wires only.</summary>
    static Netlist Through()
    {
        var builder = new NetlistBuilder("through");
        int[] x = builder.Input("x", 3);
        builder.Output("z", [x[2], Netlist.One, x[0]]);
        return builder.Build();
    }

    static void AddCells(NetlistBuilder builder, List<int> nets, ref CounterRandom random, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Cell cell = random.NextInt32(3) == 0 ? Table(ref random) : Cells.All[random.NextInt32(Cells.All.Count)];
            nets.AddRange(builder.Add(cell, Pick(nets, ref random, cell.Inputs.Count)));
        }
    }

    static Cell Table(ref CounterRandom random)
    {
        int inputs = 1 + random.NextInt32(3);
        string table = "";
        for (int i = 0; i < 1 << inputs; i++)
            table += random.NextInt32(2);
        return new Cell($"table {table}", [.. new[] { "in", "B", "wire" }.Take(inputs)], ("out", table));
    }

    static int[] Pick(List<int> nets, ref CounterRandom random, int count)
    {
        int[] picked = new int[count];
        for (int i = 0; i < count; i++)
            picked[i] = nets[random.NextInt32(nets.Count)];
        return picked;
    }
}
