namespace Dapprox.Search;

/// <summary>
/// Finds what is left of a list of gates that are needed: constants, repeated gates and what one level of Boolean algebra shows are gone.
/// One per thread.
/// </summary>
sealed class GateSimplifier
{
    readonly bool[] needed, kept;
    readonly int[] literals;
    readonly int[] slots;
    readonly int[] stamps;
    readonly int mask;
    int stamp;

    /// <summary>Prepares for lists of at most so many gates.</summary>
    public GateSimplifier(int inputs, int capacity)
    {
        (needed, kept) = (new bool[capacity], new bool[capacity]);
        literals = new int[1 + inputs + capacity];
        int size = 64;
        while (size < 4 * capacity)
            size *= 2;
        (slots, stamps, mask) = (new int[size], new int[size], size - 1);
    }

    /// <summary>Writes what is left of a list to another.</summary>
    public void Run(GateList list, GateList result)
    {
        list.Mark(needed.AsSpan(0, list.Count));
        stamp++;
        result.Clear();
        int first = list.FirstGate;
        for (int wire = 0; wire < first; wire++)
            literals[wire] = 2 * wire;
        Span<Gate> gates = list.Gates;
        for (int i = 0; i < gates.Length; i++)
        {
            if (!needed[i])
                continue;
            Gate gate = gates[i];
            int left = Literal(gate.Left), right = Literal(gate.Right);
            literals[first + i] = gate.IsXor ? Xor(left, right, result) : And(left, right, result);
        }

        for (int i = 0; i < list.Outputs.Length; i++)
            result.Outputs[i] = Literal(list.Outputs[i]);
        result.RemoveUnneeded(kept, literals);
    }

    int Literal(int literal) => literals[literal >> 1] ^ (literal & 1);

    int And(int a, int b, GateList result)
    {
        while (true)
        {
            if (a > b)
                (a, b) = (b, a);
            if (a == 0 || (a ^ 1) == b)
                return 0;
            if (a == 1 || a == b)
                return b;
            // b is the later wire: where it is an AND that reads a, one of the two says nothing new.
            if (b >> 1 < result.FirstGate)
                break;
            Gate gate = result.Gates[(b >> 1) - result.FirstGate];
            if (gate.IsXor)
            {
                // a ∧ (a ⊕ c) = a ∧ c′, and alike with inversions.
                int inverted = (b & 1) ^ 1;
                if (gate.Left == (a & ~1))
                    b = gate.Right ^ inverted ^ (a & 1);
                else if (gate.Right == (a & ~1))
                    b = gate.Left ^ inverted ^ (a & 1);
                else
                    break;
                continue;
            }

            if ((b & 1) == 0)
            {
                if (gate.Left == a || gate.Right == a)
                    return b;
                if (gate.Left == (a ^ 1) || gate.Right == (a ^ 1))
                    return 0;
                break;
            }

            if (gate.Left == (a ^ 1) || gate.Right == (a ^ 1))
                return a;
            if (gate.Left == a)
                b = gate.Right ^ 1;
            else if (gate.Right == a)
                b = gate.Left ^ 1;
            else
                break;
        }

        return Found(a, b, isXor: false, result);
    }

    int Xor(int a, int b, GateList result)
    {
        int inverted = (a ^ b) & 1;
        (a, b) = (Math.Min(a, b) & ~1, Math.Max(a, b) & ~1);
        if (a == b)
            return inverted;
        if (a == 0)
            return b ^ inverted;
        if (b >> 1 >= result.FirstGate)
        {
            Gate gate = result.Gates[(b >> 1) - result.FirstGate];
            if (gate.IsXor && gate.Left == a)
                return gate.Right ^ inverted;
            if (gate.IsXor && gate.Right == a)
                return gate.Left ^ inverted;
            if (!gate.IsXor && (gate.Left & ~1) == a)
                return And(a ^ (gate.Left & 1), gate.Right ^ 1, result) ^ inverted ^ (gate.Left & 1);
            if (!gate.IsXor && (gate.Right & ~1) == a)
                return And(a ^ (gate.Right & 1), gate.Left ^ 1, result) ^ inverted ^ (gate.Right & 1);
        }

        return Found(a, b, isXor: true, result) ^ inverted;
    }

    /// <summary>The literal of a gate, which is added unless it is there.</summary>
    int Found(int a, int b, bool isXor, GateList result)
    {
        uint hash = (uint)a * 0x9E3779B1 ^ (uint)b * 0x85EBCA77 ^ (isXor ? 0xC2B2AE3Du : 0);
        int slot = (int)(hash >> 15) & mask;
        while (stamps[slot] == stamp)
        {
            Gate gate = result.Gates[(slots[slot] >> 1) - result.FirstGate];
            if (gate.Left == a && gate.Right == b && gate.IsXor == isXor)
                return slots[slot];
            slot = (slot + 1) & mask;
        }

        stamps[slot] = stamp;
        return slots[slot] = result.Add(new Gate(a, b, isXor));
    }
}
