namespace Dapprox.Hardware;

/// <summary>
/// A choice of cells for the nodes of a graph: the cells of one or two functions of three leaves, and half adders, that save transistors.
/// All other nodes are gates of two inputs.
/// </summary>
sealed class CellCover
{
    readonly AndXorGraph graph;
    readonly CellUses uses;
    readonly int[] references;
    readonly Place?[] places;
    readonly (bool Direct, bool Inverse)[] demands;
    readonly bool[] isNeeded;
    readonly bool[] isPart;
    readonly int[] readers;

    public CellCover(AndXorGraph graph, CellUses uses, IReadOnlyList<int> outputs)
    {
        (this.graph, this.uses) = (graph, uses);
        (references, readers, places) = (new int[graph.Count], new int[graph.Count], new Place?[graph.Count]);
        (demands, isNeeded, isPart) = (new (bool, bool)[graph.Count], new bool[graph.Count], new bool[graph.Count]);
        foreach (int literal in outputs)
            Refer(AndXorGraph.Node(literal));
        foreach (Place candidate in Candidates())
            Choose(candidate);
        foreach (int literal in outputs)
        {
            Need(AndXorGraph.Node(literal));
            Ask(literal);
        }

        CountReaders(outputs);
        FixPolarities();
    }

    /// <summary>Whether a node is computed.</summary>
    public bool IsNeeded(int node) => isNeeded[node];

    /// <summary>Whether outputs, or cells that cannot choose, read a node as it is or inverted.</summary>
    public (bool Direct, bool Inverse) Demand(int node) => demands[node];

    /// <summary>How a node is computed that is one of a cell's; null for a gate of two inputs.</summary>
    public Place? Of(int node) => places[node];

    /// <summary>
    /// What a tree of gates reads: the operands of a gate, and instead of an operand that is a gate of the same kind and has no other
    /// reader, what that reads. (ab)c and a(bc) are the same tree.
    /// </summary>
    /// <param name="node">A gate of two inputs.</param>
    public List<int> Tree(int node)
    {
        var literals = new List<int>();
        Gather(node);
        return literals;

        void Gather(int gate)
        {
            (int left, int right) = graph.Operands(gate);
            foreach (int operand in (ReadOnlySpan<int>)[left, right])
            {
                if (IsInTree(gate, operand))
                    Gather(AndXorGraph.Node(operand));
                else
                    literals.Add(operand);
            }
        }
    }

    /// <summary>Whether a gate is only a part of another one's tree.</summary>
    public bool IsPart(int node) => isPart[node];

    bool IsInTree(int gate, int operand)
    {
        int node = AndXorGraph.Node(operand);
        return graph.IsGate(node) && places[node] is null && graph.IsXor(node) == graph.IsXor(gate) && readers[node] == 1
            && !AndXorGraph.IsInverted(operand) && demands[node] == default;
    }

    /// <summary>Counts who reads each node, and finds the parts of trees.</summary>
    void CountReaders(IReadOnlyList<int> outputs)
    {
        foreach (int literal in outputs)
            readers[AndXorGraph.Node(literal)]++;
        for (int node = 0; node < graph.Count; node++)
        {
            if (!isNeeded[node] || !graph.IsGate(node) || places[node]?.Roots[0] is int first && first != node)
                continue;
            foreach (int leaf in places[node]?.Leaves ?? Operands(node))
                readers[leaf]++;
        }

        for (int node = 0; node < graph.Count; node++)
        {
            if (!isNeeded[node] || !graph.IsGate(node) || places[node] is not null)
                continue;
            (int left, int right) = graph.Operands(node);
            foreach (int operand in (ReadOnlySpan<int>)[left, right])
                isPart[AndXorGraph.Node(operand)] |= IsInTree(node, operand);
        }
    }

    /// <summary>Nodes that one cell computes.</summary>
    /// <param name="Roots">The nodes: one or two.</param>
    /// <param name="Leaves">The nodes that the cell reads.</param>
    /// <param name="Uses">The ways to do it.</param>
    public sealed record Place(int[] Roots, int[] Leaves, IReadOnlyList<CellUse> Uses);

    /// <summary>The cells that could be used, those first that save most.</summary>
    Place[] Candidates()
    {
        var found = new List<Place>();
        var byLeaves = new Dictionary<(int, int, int), List<(int Node, byte Table)>>();
        for (int node = 0; node < graph.Count; node++)
        {
            foreach (Cut cut in references[node] > 0 && graph.IsGate(node) ? graph.Cuts(node).Skip(1) : [])
            {
                if (cut.Count == 3)
                    Add([node], cut, uses.Of(cut.Count, cut.Table));
                if (!byLeaves.TryGetValue(cut.Leaves, out List<(int Node, byte Table)>? others))
                    byLeaves.Add(cut.Leaves, others = []);
                foreach ((int other, byte table) in others)
                    Add([other, node], cut, uses.Of(cut.Count, table, cut.Table));
                others.Add((node, cut.Table));
            }
        }

        return
        [
            .. found.Select(place => (Place: place, Saved: Saved(place, keep: false)))
                .Where(candidate => candidate.Saved > 0)
                .OrderByDescending(candidate => candidate.Saved).ThenBy(candidate => candidate.Place.Roots[^1])
                .Select(candidate => candidate.Place),
        ];

        void Add(int[] roots, Cut cut, IReadOnlyList<CellUse> ways)
        {
            if (ways.Count > 0)
                found.Add(new Place(roots, [.. Enumerable.Range(0, cut.Count).Select(leaf => cut[leaf])], ways));
        }
    }

    void Choose(Place candidate)
    {
        bool isOpen = candidate.Roots.All(root => references[root] > 0 && places[root] is null)
            && candidate.Leaves.All(leaf => references[leaf] > 0);
        if (!isOpen || Saved(candidate, keep: false) <= 0)
            return;
        Saved(candidate, keep: true);
        foreach (int root in candidate.Roots)
            places[root] = candidate;
    }

    /// <summary>The transistors that are saved by a cell.</summary>
    /// <param name="place">The cell.</param>
    /// <param name="keep">Whether the nodes that it makes superfluous lose their references for good.</param>
    double Saved(Place place, bool keep)
    {
        double freed = place.Roots.Sum(root => Release(root, place));
        if (!keep)
        {
            foreach (int root in place.Roots)
                Restore(root, place);
        }
        else
        {
            foreach (int leaf in place.Leaves)
                references[leaf]++;
        }

        return freed - place.Uses.Min(use => use.Cell.Transistors);
    }

    /// <summary>Takes a node's references away, and those of the nodes that it alone needs; gives the transistors of all.</summary>
    double Release(int node, Place place)
    {
        double transistors = graph.IsXor(node) ? uses.XorTransistors : uses.AndTransistors;
        foreach (int operand in Operands(node))
        {
            if (--references[operand] == 0 && IsInside(operand, place))
                transistors += Release(operand, place);
        }

        return transistors;
    }

    void Restore(int node, Place place)
    {
        foreach (int operand in Operands(node))
        {
            if (references[operand]++ == 0 && IsInside(operand, place))
                Restore(operand, place);
        }
    }

    bool IsInside(int node, Place place) =>
        graph.IsGate(node) && places[node] is null && !place.Leaves.Contains(node) && !place.Roots.Contains(node);

    int[] Operands(int node)
    {
        (int left, int right) = graph.Operands(node);
        return [AndXorGraph.Node(left), AndXorGraph.Node(right)];
    }

    void Refer(int node)
    {
        var open = new Stack<int>([node]);
        while (open.TryPop(out int next))
        {
            if (references[next]++ > 0 || !graph.IsGate(next))
                continue;
            foreach (int operand in Operands(next))
                open.Push(operand);
        }
    }

    /// <summary>Marks what a node is computed from.</summary>
    void Need(int node)
    {
        var open = new Stack<int>([node]);
        while (open.TryPop(out int next))
        {
            if (isNeeded[next])
                continue;
            isNeeded[next] = true;
            foreach (int leaf in graph.IsGate(next) ? places[next]?.Leaves ?? Operands(next) : [])
                open.Push(leaf);
        }
    }

    void Ask(int literal)
    {
        ref (bool Direct, bool Inverse) demand = ref demands[AndXorGraph.Node(literal)];
        if (AndXorGraph.IsInverted(literal))
            demand.Inverse = true;
        else
            demand.Direct = true;
    }

    /// <summary>
    /// Chooses for each cell which leaves enter inverted, so that few need an inverter: a gate gives either polarity, an input and the
    /// output of a cell only their own.
    /// </summary>
    void FixPolarities()
    {
        for (int node = 0; node < places.Length; node++)
        {
            if (!isNeeded[node] || places[node] is not Place place || place.Roots[0] != node)
                continue;
            int inverted = place.Uses.MinBy(use => (Transistors(use, place), use.InvertedCount))!.Inverted;
            place = place with { Uses = [.. place.Uses.Where(use => use.Inverted == inverted)] };
            foreach (int root in place.Roots)
                places[root] = place;
            for (int i = 0; i < place.Leaves.Length; i++)
                Ask(2 * place.Leaves[i] + (inverted >> i & 1));
        }

        int Transistors(CellUse use, Place place)
        {
            int inverters = place.Leaves.Where((leaf, i) => IsWrong(leaf, (use.Inverted >> i & 1) != 0)).Count();
            return use.Cell.Transistors + uses.Inverter.Transistors * inverters;
        }

        bool IsWrong(int leaf, bool isInverted)
        {
            if (places[leaf] is not Place place)
                return !graph.IsGate(leaf) && isInverted;
            (int direct, int inverse) = place.Uses[0].Functions[Array.IndexOf(place.Roots, leaf)];
            return (isInverted ? inverse : direct) < 0;
        }
    }
}
