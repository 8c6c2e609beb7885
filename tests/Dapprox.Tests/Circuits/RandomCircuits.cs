using Dapprox.Circuits;
using Dapprox.Foundation;

namespace Dapprox.Tests.Circuits;

/// <summary>Netlists of random cells on random nets, constants among them.</summary>
static class RandomCircuits
{
    /// <summary>A netlist with two inputs and two outputs of some bits, which depend on anything.</summary>
    /// <param name="seed">Determines it.</param>
    /// <param name="elements">How many cells it has.</param>
    public static Netlist Build(ulong seed, int elements)
    {
        var random = new CounterRandom(seed);
        var builder = new NetlistBuilder($"random{seed}");
        var nets = new List<int> { Netlist.Zero, Netlist.One };
        nets.AddRange(builder.Input("a", 1 + random.NextInt32(7)));
        nets.AddRange(builder.Input("b", 1 + random.NextInt32(40)));
        for (int i = 0; i < elements; i++)
        {
            Cell cell = Cells.All[random.NextInt32(Cells.All.Count)];
            int[] inputs = new int[cell.Inputs.Count];
            foreach (ref int input in inputs.AsSpan())
                input = nets[random.NextInt32(nets.Count)];
            nets.AddRange(builder.Add(cell, inputs));
        }

        for (int output = 0; output < 2; output++)
        {
            int[] bits = new int[1 + random.NextInt32(NetlistBuilder.MaxBits)];
            foreach (ref int bit in bits.AsSpan())
                bit = nets[random.NextInt32(nets.Count)];
            builder.Output($"p{output}", bits);
        }

        return builder.Build();
    }

    /// <summary>Random numbers for an input.</summary>
    public static ulong[] Numbers(int count, int width, ulong seed)
    {
        var random = new CounterRandom(seed);
        ulong[] numbers = new ulong[count];
        foreach (ref ulong number in numbers.AsSpan())
            number = random.NextUInt64() >> (64 - width);
        return numbers;
    }
}
