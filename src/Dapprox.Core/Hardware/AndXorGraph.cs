using Dapprox.Circuits;

namespace Dapprox.Hardware;

/// <summary>
/// A circuit as a graph of two-input ANDs and XORs with inverted edges. A literal is twice the number of a node, plus one if it is
/// inverted.
/// </summary>
/// <remarks>
/// Node 0 is the constant 0. A node that is, as a function of two or three others, what another node is already, or its inverse, is not
/// added: a function has one node however it is spelt. An XOR of four NANDs becomes an XOR.
/// </remarks>
sealed class AndXorGraph
{
    /// <summary>The literals of the constants.</summary>
    public const int False = 0, True = 1;

    // An array has some ten cuts a node; the limit is for graphs that nobody draws.
    const int MaxCuts = 48;

    readonly List<(int Left, int Right, bool IsXor)> nodes = [(-1, -1, false)];
    readonly List<Cut[]> cuts = [[]];
    readonly Dictionary<(int Left, int Right, bool IsXor), int> gates = [];

    // The literal of a function of three nodes; of a function and its inverse, the one that is 0 where all three are.
    readonly Dictionary<Cut, int> functions = [];

    // The cuts of the gate that is being added.
    readonly List<Cut> found = [];

    /// <summary>The number of nodes; a gate has a higher number than what it reads.</summary>
    public int Count => nodes.Count;

    /// <summary>The node of a literal.</summary>
    public static int Node(int literal) => literal >> 1;

    /// <summary>Whether a literal is inverted.</summary>
    public static bool IsInverted(int literal) => (literal & 1) != 0;

    /// <summary>Adds an input.</summary>
    /// <returns>Its literal.</returns>
    public int Input()
    {
        nodes.Add((-1, -1, false));
        cuts.Add([Cut.Of(nodes.Count - 1)]);
        return 2 * (nodes.Count - 1);
    }

    /// <summary>Whether a node is an AND or an XOR, and neither an input nor the constant.</summary>
    public bool IsGate(int node) => nodes[node].Left >= 0;

    /// <summary>Whether a gate is an XOR.</summary>
    public bool IsXor(int node) => nodes[node].IsXor;

    /// <summary>The literals that a gate reads; those of an XOR are not inverted.</summary>
    public (int Left, int Right) Operands(int node) => (nodes[node].Left, nodes[node].Right);

    /// <summary>
    /// A node as itself and as a function of two or three others that all count, without those ways whose nodes another way has too.
    /// </summary>
    public IReadOnlyList<Cut> Cuts(int node) => cuts[node];

    /// <summary>The literal of a ∧ b.</summary>
    public int And(int a, int b) =>
        a == False || b == False || a == (b ^ 1) ? False
        : a == True || a == b ? b
        : b == True ? a
        : Gate(Math.Min(a, b), Math.Max(a, b), isXor: false);

    /// <summary>The literal of a ∨ b.</summary>
    public int Or(int a, int b) => And(a ^ 1, b ^ 1) ^ 1;

    /// <summary>The literal of a ⊕ b.</summary>
    public int Xor(int a, int b)
    {
        int inverted = (a ^ b) & 1;
        (a, b) = (Math.Min(a, b) & ~1, Math.Max(a, b) & ~1);
        return inverted ^ (a == b ? False : a == False ? b : Gate(a, b, isXor: true));
    }

    /// <summary>The literal of a function of three literals, by the formula with which circuits are also written.</summary>
    /// <param name="table">Bit 4A + 2B + C is the value.</param>
    /// <param name="inputs">The literals of A, B and C.</param>
    public int Function(byte table, ReadOnlySpan<int> inputs)
    {
        int input = Array.IndexOf(LogicFormulas.Inputs, table);
        if (input >= 0)
            return inputs[input];
        if (table is 0 or 255)
            return table & 1;
        LogicStep step = LogicFormulas.Of(table);
        int left = Function(step.Left, inputs), right = Function(step.Right, inputs);
        return step.Operation switch
        {
            LogicOperation.And => And(left, right),
            LogicOperation.Or => Or(left, right),
            LogicOperation.Xor => Xor(left, right),
            _ => And(left, right ^ 1),
        };
    }

    int Gate(int a, int b, bool isXor)
    {
        if (gates.TryGetValue((a, b, isXor), out int literal))
            return literal;
        found.Clear();
        foreach (Cut one in cuts[Node(a)])
        {
            foreach (Cut other in cuts[Node(b)])
            {
                if (Cut.Union(one, other) is not (int, int, int) leaves || IsDominated(leaves))
                    continue;
                int left = one.Over(leaves) ^ (IsInverted(a) ? 0xFF : 0), right = other.Over(leaves) ^ (IsInverted(b) ? 0xFF : 0);
                Cut cut = new Cut(leaves, (byte)(isXor ? left ^ right : left & right)).Reduced();
                if (Known(cut, a, b) is int known)
                {
                    gates.Add((a, b, isXor), known);
                    return known;
                }

                found.RemoveAll(worse => Cut.IsSubset(cut.Leaves, worse.Leaves));
                if (found.Count < MaxCuts)
                    found.Add(cut);
            }
        }

        literal = 2 * nodes.Count;
        nodes.Add((a, b, isXor));
        cuts.Add([Cut.Of(Node(literal)), .. found]);
        gates.Add((a, b, isXor), literal);
        foreach (Cut cut in found)
            functions.TryAdd(cut.Positive, literal ^ (cut.IsPositive ? 0 : 1));
        return literal;

        bool IsDominated((int A, int B, int C) leaves)
        {
            foreach (Cut better in found)
            {
                if (Cut.IsSubset(better.Leaves, leaves))
                    return true;
            }

            return false;
        }
    }

    /// <summary>The literal of a function that there is already, or that is a gate of nodes other than a's and b's; otherwise
    /// null.</summary>
    int? Known(Cut cut, int a, int b)
    {
        if (cut.Count == 0)
            return cut.Table & 1;
        if (cut.Count == 1)
            return 2 * cut.Leaves.A + (cut.IsPositive ? 0 : 1);
        if (functions.TryGetValue(cut.Positive, out int literal))
            return literal ^ (cut.IsPositive ? 0 : 1);
        if (cut.Count == 3 || (cut.Leaves.A == Node(a) && cut.Leaves.B == Node(b)))
            return null;
        int u = 2 * cut.Leaves.A, v = 2 * cut.Leaves.B, inverted = cut.IsPositive ? 0 : 1;
        // The bits where the two are 01, 10 and 11.
        return inverted ^ ((cut.Positive.Table >> 2 & 1, cut.Positive.Table >> 4 & 1, cut.Positive.Table >> 6 & 1) switch
        {
            (1, 1, 0) => Xor(u, v),
            (0, 0, 1) => And(u, v),
            (0, 1, 0) => And(u, v ^ 1),
            (1, 0, 0) => And(u ^ 1, v),
            _ => Or(u, v),
        });
    }
}
