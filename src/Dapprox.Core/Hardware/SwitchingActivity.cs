using System.Numerics;
using Dapprox.Circuits;

namespace Dapprox.Hardware;

/// <summary>
/// How often the inputs of each element of a netlist changed from one value to another, when operands followed each other.
/// </summary>
/// <remarks>
/// <para>Without glitches each element is evaluated when all nets have settled: it changes at most once for an operand. With
/// hazards every element takes one unit of time: in each, all outputs become what the inputs were a unit before, until
/// nothing changes any more, and each change on the way counts. Real delays differ, and real cells swallow short pulses:
/// hardware switches more than the first count says, and as a rule less than the second.</para>
/// <para>Operands come in streams, and 512 streams are computed together, each wire a row of bits of which each belongs to one
/// stream: a step computes the netlist for the next operand of every stream and compares with the step before.</para>
/// </remarks>
public sealed class SwitchingActivity
{
    const int WordBits = 64, Words = 8;

    // The values of three inputs.
    const int MaxStates = 8;

    readonly bool hazards;
    readonly (int[] Inputs, byte[] Tables, int FirstOutput)[] elements;
    readonly long[][] changes;
    readonly long[][] settled;

    /// <summary>Starts without any changes.</summary>
    /// <param name="netlist">The circuit to simulate.</param>
    /// <param name="hazards">Whether changes count that are undone before the nets have settled.</param>
    public SwitchingActivity(Netlist netlist, bool hazards = false)
    {
        Netlist = netlist;
        this.hazards = hazards;
        elements = [.. netlist.Elements.Select(element => (element.Inputs.ToArray(), element.Cell.Tables.ToArray(), element.FirstOutput))];
        changes = [.. netlist.Elements.Select(element => new long[1 << (2 * element.Cell.Inputs.Count)])];
        settled = [.. netlist.Elements.Select(element => new long[1 << element.Cell.Inputs.Count])];
    }

    /// <summary>How many streams are computed together; fewer take as long.</summary>
    public static int StreamsTogether => Words * WordBits;

    /// <summary>The netlist.</summary>
    public Netlist Netlist { get; }

    /// <summary>How many operands followed another, those that change nothing included.</summary>
    public long Transitions { get; private set; }

    /// <summary>
    /// How often an element's inputs changed from i to j (read as binary numbers, the first input the highest bit), at
    /// i · 2^inputs + j. Where i = j there is no change and it is 0.
    /// </summary>
    /// <param name="element">The index of the element in the netlist.</param>
    public IReadOnlyList<long> Changes(int element) => changes[element];

    /// <summary>
    /// How often an element's inputs were i when the nets had settled after a change of operands; all together
    /// <see cref="Transitions"/>.
    /// </summary>
    /// <param name="element">The index of the element in the netlist.</param>
    public IReadOnlyList<long> Settled(int element) => settled[element];

    /// <summary>Counts what streams of operands change.</summary>
    /// <param name="operands">
    /// For each input of the netlist as many numbers: the streams one after the other. Bits beyond its width are ignored.
    /// </param>
    /// <param name="streamLength">How many operands a stream has; at least 2.</param>
    /// <exception cref="ArgumentException">
    /// There are not as many arrays as inputs, or they do not hold the same number of whole streams.
    /// </exception>
    public void Add(IReadOnlyList<ulong[]> operands, int streamLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(streamLength, 2);
        if (operands.Count != Netlist.Inputs.Count
            || operands.Any(numbers => numbers.Length != operands[0].Length || numbers.Length % streamLength != 0))
        {
            throw new ArgumentException(
                $"{Netlist} takes {Netlist.Inputs.Count} arrays of one length, a multiple of {streamLength}; "
                + $"given: {string.Join(", ", operands.Select(numbers => numbers.Length))}.", nameof(operands));
        }

        int streams = operands[0].Length / streamLength;
        ulong[] before = NewNets(), now = NewNets();
        for (int first = 0; first < streams; first += StreamsTogether)
        {
            int together = Math.Min(StreamsTogether, streams - first);
            for (int step = 0; step < streamLength; step++)
            {
                now.CopyTo(before, 0);
                Load(operands, now, first, together, streamLength, step);
                if (step == 0)
                {
                    Compute(now, now);
                    continue;
                }

                if (hazards)
                {
                    Count(before, now, together);
                    (before, now) = Settle(before, now, together);
                }
                else
                {
                    Compute(now, now);
                    Count(before, now, together);
                }

                CountSettled(now, together);
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

    /// <summary>Lets time go by until nothing changes. Both arrays are used; the second returned has the settled nets.</summary>
    (ulong[] Before, ulong[] Now) Settle(ulong[] before, ulong[] now, int together)
    {
        while (true)
        {
            (before, now) = (now, before);
            before.CopyTo(now, 0);
            Compute(before, now);
            if (before.AsSpan().SequenceEqual(now))
                return (before, now);
            Count(before, now, together);
        }
    }

    /// <summary>Computes all elements in order; from the same nets that they drive, or from the nets of a unit of time before.</summary>
    void Compute(ulong[] from, ulong[] to)
    {
        Span<ulong> states = stackalloc ulong[MaxStates];
        foreach ((int[] inputs, byte[] tables, int firstOutput) in elements)
        {
            for (int word = 0; word < Words; word++)
            {
                int count = States(inputs, from, word, states);
                for (int output = 0; output < tables.Length; output++)
                {
                    ulong bits = 0;
                    for (int state = 0; state < count; state++)
                        bits |= states[state] & (0 - (ulong)(tables[output] >> state & 1));
                    to[(firstOutput + output) * Words + word] = bits;
                }
            }
        }
    }

    void Count(ulong[] before, ulong[] now, int together)
    {
        Span<ulong> from = stackalloc ulong[MaxStates], to = stackalloc ulong[MaxStates];
        for (int i = 0; i < elements.Length; i++)
        {
            int[] inputs = elements[i].Inputs;
            long[] count = changes[i];
            for (int word = 0; word * WordBits < together; word++)
            {
                ulong changed = 0;
                foreach (int net in inputs)
                    changed |= before[net * Words + word] ^ now[net * Words + word];
                changed &= There(word, together);
                if (changed == 0)
                    continue;
                int states = States(inputs, before, word, from);
                States(inputs, now, word, to);
                for (int one = 0; one < states; one++)
                {
                    ulong left = from[one] & changed;
                    for (int other = 0; left != 0 && other < states; other++)
                        count[one * states + other] += BitOperations.PopCount(left & to[other]);
                }
            }
        }
    }

    void CountSettled(ulong[] nets, int together)
    {
        Span<ulong> states = stackalloc ulong[MaxStates];
        for (int i = 0; i < elements.Length; i++)
        {
            for (int word = 0; word * WordBits < together; word++)
            {
                int count = States(elements[i].Inputs, nets, word, states);
                for (int state = 0; state < count; state++)
                    settled[i][state] += BitOperations.PopCount(states[state] & There(word, together));
            }
        }
    }

    /// <summary>The bits of a word that belong to streams.</summary>
    static ulong There(int word, int together) => ulong.MaxValue >> (WordBits - Math.Min(WordBits, together - word * WordBits));

    /// <summary>For each value of an element's inputs, the streams in which they have it.</summary>
    static int States(int[] inputs, ulong[] nets, int word, Span<ulong> states)
    {
        states[0] = ulong.MaxValue;
        int count = 1;
        for (int input = 0; input < inputs.Length; input++)
        {
            ulong bits = nets[inputs[input] * Words + word];
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
