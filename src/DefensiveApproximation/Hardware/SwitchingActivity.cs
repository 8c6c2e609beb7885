using System.Numerics;
using DefensiveApproximation.Circuits;

namespace DefensiveApproximation.Hardware;

/// <summary>
/// How often the inputs of each element of a netlist changed from one value to another, when operands followed each other.
/// Each element is looked at once its inputs have settled: hazards (glitches) on the way are not counted.
/// </summary>
/// <remarks>
/// Operands come in streams, and 512 streams are computed together, each wire a row of bits of which each belongs to one
/// stream: a step computes the netlist for the next operand of every stream and compares with the step before. Equal to
/// counting with <see cref="Netlist.Evaluate"/>.
/// </remarks>
public sealed class SwitchingActivity
{
    const int WordBits = 64, Words = 8;

    // The values of three inputs.
    const int MostStates = 8;

    readonly long[][] counts;

    /// <summary>Starts without any changes.</summary>
    /// <param name="netlist">The netlist.</param>
    public SwitchingActivity(Netlist netlist)
    {
        Netlist = netlist;
        counts = [.. netlist.Elements.Select(element => new long[1 << (2 * element.Cell.Inputs.Count)])];
    }

    /// <summary>How many streams are computed together; fewer take as long.</summary>
    public static int StreamsTogether => Words * WordBits;

    /// <summary>The netlist.</summary>
    public Netlist Netlist { get; }

    /// <summary>How many changes of operands there were, those that change nothing included.</summary>
    public long Transitions { get; private set; }

    /// <summary>
    /// How often an element's inputs changed from i to j (read as binary numbers, the first input the highest bit), at
    /// i · 2^inputs + j; i = j is how often they stayed. All together they are <see cref="Transitions"/>.
    /// </summary>
    /// <param name="element">The place of the element in the netlist.</param>
    public IReadOnlyList<long> Counts(int element) => counts[element];

    /// <summary>Counts what streams of operands change.</summary>
    /// <param name="operands">
    /// For each input of the netlist as many numbers: the streams one after the other. Bits beyond its width are not looked at.
    /// </param>
    /// <param name="streamLength">How many operands a stream has; at least 2.</param>
    /// <exception cref="ArgumentException">There are not as many arrays as inputs, or they do not hold the same number of whole streams.</exception>
    public void Add(IReadOnlyList<ulong[]> operands, int streamLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(streamLength, 2);
        if (operands.Count != Netlist.Inputs.Count || operands.Any(numbers => numbers.Length != operands[0].Length || numbers.Length % streamLength != 0))
            throw new ArgumentException($"{Netlist} takes {Netlist.Inputs.Count} arrays of one length, a multiple of {streamLength}; given: {string.Join(", ", operands.Select(numbers => numbers.Length))}.", nameof(operands));

        int streams = operands[0].Length / streamLength;
        ulong[] before = NewNets(), now = NewNets();
        for (int first = 0; first < streams; first += StreamsTogether)
        {
            int together = Math.Min(StreamsTogether, streams - first);
            for (int step = 0; step < streamLength; step++)
            {
                (before, now) = (now, before);
                Load(operands, now, first, together, streamLength, step);
                Compute(now);
                if (step > 0)
                    Count(before, now, together);
            }

            Transitions += (long)together * (streamLength - 1);
        }
    }

    /// <summary>The bits of all nets: those of net n from word n · 8 on.</summary>
    ulong[] NewNets()
    {
        ulong[] nets = new ulong[Netlist.NetCount * Words];
        nets.AsSpan(Netlist.One * Words, Words).Fill(ulong.MaxValue);
        return nets;
    }

    void Load(IReadOnlyList<ulong[]> operands, ulong[] nets, int first, int together, int streamLength, int step)
    {
        for (int bus = 0; bus < operands.Count; bus++)
        {
            IReadOnlyList<int> wires = Netlist.Inputs[bus].Nets;
            foreach (int net in wires)
                nets.AsSpan(net * Words, Words).Clear();
            for (int stream = 0; stream < together; stream++)
            {
                ulong number = operands[bus][(first + stream) * streamLength + step];
                for (int bit = 0; bit < wires.Count; bit++)
                    nets[wires[bit] * Words + stream / WordBits] |= (number >> bit & 1) << (stream % WordBits);
            }
        }
    }

    void Compute(ulong[] nets)
    {
        Span<ulong> states = stackalloc ulong[MostStates];
        foreach (Element element in Netlist.Elements)
        {
            Cell cell = element.Cell;
            for (int word = 0; word < Words; word++)
            {
                int count = States(element, nets, word, states);
                for (int output = 0; output < cell.Outputs.Count; output++)
                {
                    ulong bits = 0;
                    for (int state = 0; state < count; state++)
                        bits |= cell.Evaluate(output, state) ? states[state] : 0;
                    nets[(element.FirstOutput + output) * Words + word] = bits;
                }
            }
        }
    }

    void Count(ulong[] before, ulong[] now, int together)
    {
        Span<ulong> from = stackalloc ulong[MostStates], to = stackalloc ulong[MostStates];
        for (int i = 0; i < counts.Length; i++)
        {
            Element element = Netlist.Elements[i];
            long[] count = counts[i];
            for (int word = 0; word * WordBits < together; word++)
            {
                // Streams that there are not leave no state.
                int streams = Math.Min(WordBits, together - word * WordBits);
                ulong there = ulong.MaxValue >> (WordBits - streams);
                int states = States(element, before, word, from);
                States(element, now, word, to);
                for (int one = 0; one < states; one++)
                {
                    ulong left = from[one] & there;
                    if (left == 0)
                        continue;
                    for (int other = 0; other < states; other++)
                        count[one * states + other] += BitOperations.PopCount(left & to[other]);
                }
            }
        }
    }

    /// <summary>For each value of an element's inputs, the streams in which they have it.</summary>
    static int States(Element element, ulong[] nets, int word, Span<ulong> states)
    {
        states[0] = ulong.MaxValue;
        int count = 1;
        for (int input = 0; input < element.Inputs.Count; input++)
        {
            ulong bits = nets[element.Inputs[input] * Words + word];
            for (int state = count - 1; state >= 0; state--)
            {
                ulong streams = states[state];
                states[2 * state + 1] = streams & bits;
                states[2 * state] = streams & ~bits;
            }

            count *= 2;
        }

        return count;
    }
}
