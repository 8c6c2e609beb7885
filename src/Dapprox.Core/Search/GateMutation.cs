using System.Numerics;
using Dapprox.Foundation;

namespace Dapprox.Search;

/// <summary>
/// Changes a few gates or outputs of a list. Among several random replacements of a gate it takes the one that computes most nearly what
/// the gate did on a block of pairs, so that far more changes are worth measuring than without looking.
/// </summary>
/// <remarks>
/// Substitution of a signal by a similar one is due to Venkataramani, Roy, Raghunathan, "Substitute-and-Simplify", DATE 2013. The number
/// of replacements that are compared is random, and with one it is the mutation of Cartesian genetic programming.
/// </remarks>
static unsafe class GateMutation
{
    // The number of replacements is a power of two below this exponent, with two and four times as many for a change of one literal.
    const int Exponents = 7;

    // Of the changes, one in so many is of an output, and one in so many of a gate that nothing needs.
    const int OutputOdds = 12, SpareOdds = 8;

    /// <summary>Changes a list.</summary>
    /// <param name="list">The list; it is a copy of the one that the wires are of.</param>
    /// <param name="active">The indices of those.</param>
    /// <param name="wires">What the wires are on a block of pairs.</param>
    /// <param name="random">Draws the changes.</param>
    public static void Run(GateList list, ReadOnlySpan<int> active, ulong* wires, ref CounterRandom random)
    {
        do
            Change(list, active, wires, ref random);
        while (random.NextInt32(2) == 0);
    }

    static void Change(GateList list, ReadOnlySpan<int> active, ulong* wires, ref CounterRandom random)
    {
        int tries = 1 << random.NextInt32(Exponents);
        if (active.Length == 0 || random.NextInt32(OutputOdds) == 0)
        {
            ref int output = ref list.Outputs[random.NextInt32(list.Outputs.Length)];
            int best = output, least = int.MaxValue;
            for (int i = 0; i < tries; i++)
            {
                int literal = random.NextInt32(2 * list.Wires);
                if (literal == output)
                    continue;
                int distance = Distance(wires, new Gate(literal, literal, false), new Gate(output, output, false));
                if (distance < least)
                    (best, least) = (literal, distance);
            }

            output = best;
            return;
        }

        int index = random.NextInt32(SpareOdds) == 0 ? random.NextInt32(list.Count) : active[random.NextInt32(active.Length)];
        ref Gate gate = ref list.Gates[index];
        int wiresBefore = list.FirstGate + index;
        Gate chosen = gate;
        int nearest = int.MaxValue;
        for (int i = 0; i < tries; i++)
        {
            Gate other = Replacement(gate, wiresBefore, ref random);
            if (other == gate)
                continue;
            int distance = Distance(wires, other, gate);
            if (distance < nearest)
                (chosen, nearest) = (other, distance);
        }

        gate = chosen;
    }

    static Gate Replacement(Gate gate, int wires, ref CounterRandom random)
    {
        switch (random.NextInt32(8))
        {
            case 0:
                return gate with { IsXor = !gate.IsXor };
            case 1:
                return gate with { Left = gate.Left ^ 1 };
            case 2:
                return gate with { Right = gate.Right ^ 1 };
            case 3:
                int literal = random.NextInt32(2 * wires);
                return new Gate(literal, literal, false);
            case 4:
                return new Gate(random.NextInt32(2 * wires), random.NextInt32(2 * wires), random.NextInt32(2) == 0);
            case 5 or 6:
                return gate with { Left = random.NextInt32(2 * wires) };
            default:
                return gate with { Right = random.NextInt32(2 * wires) };
        }
    }

    /// <summary>How many pairs of the block two gates differ on.</summary>
    static int Distance(ulong* wires, Gate one, Gate other)
    {
        int count = 0;
        ulong* a = wires + (one.Left >> 1) * PairErrors.Words, b = wires + (one.Right >> 1) * PairErrors.Words;
        ulong* c = wires + (other.Left >> 1) * PairErrors.Words, d = wires + (other.Right >> 1) * PairErrors.Words;
        ulong invertA = 0 - (ulong)(one.Left & 1), invertB = 0 - (ulong)(one.Right & 1);
        ulong invertC = 0 - (ulong)(other.Left & 1), invertD = 0 - (ulong)(other.Right & 1);
        for (int i = 0; i < PairErrors.Words; i++)
        {
            ulong x = a[i] ^ invertA, y = b[i] ^ invertB, u = c[i] ^ invertC, v = d[i] ^ invertD;
            count += BitOperations.PopCount((one.IsXor ? x ^ y : x & y) ^ (other.IsXor ? u ^ v : u & v));
        }

        return count;
    }
}
