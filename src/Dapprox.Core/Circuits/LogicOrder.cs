namespace Dapprox.Circuits;

/// <summary>
/// An order of computing a network's functions in which most operands are among the last few values: a greedy choice of what
/// needs the fewest others, and of that what became possible last. Of an array of adders it makes diagonal sweeps over as many
/// rows as there are registers for.
/// </summary>
static class LogicOrder
{
    // More of the possible functions are not compared, so that large networks do not take the square of their size.
    const int MaxCompared = 64;

    /// <summary>The functions, each after those that drive its nets.</summary>
    /// <param name="network">The functions and the nets that they read.</param>
    /// <param name="registers">How many values fit into registers.</param>
    public static LogicFunction[] Of(LogicNetwork network, int registers)
    {
        Dictionary<int, LogicFunction> drivers = network.Functions.ToDictionary(function => function.Net);
        var waits = new Dictionary<int, int>();
        ILookup<int, LogicFunction> users = network.Functions
            .SelectMany(function => Operands(function).Select(net => (net, function)))
            .ToLookup(use => use.net, use => use.function);
        var order = new List<LogicFunction>(network.Functions.Count);
        var possible = new List<LogicFunction>();
        var hand = new LinkedList<int>();
        foreach (LogicFunction function in network.Functions.Reverse().Where(function => !IsLeaf(function)))
        {
            waits[function.Net] = Operands(function).Count(net => drivers.TryGetValue(net, out LogicFunction driver) && !IsLeaf(driver));
            if (waits[function.Net] == 0)
                possible.Add(function);
        }

        var done = new HashSet<int>();
        while (possible.Count > 0)
        {
            int best = Enumerable.Range(1, Math.Min(possible.Count, MaxCompared))
                .Select(i => possible.Count - i).MinBy(i => Missing(possible[i]));
            LogicFunction next = possible[best];
            possible.RemoveAt(best);
            Compute(next);
            foreach (LogicFunction user in users[next.Net])
            {
                if (--waits[user.Net] == 0)
                    possible.Add(user);
            }
        }

        // Functions of inputs that are outputs themselves.
        foreach (LogicFunction function in network.Functions)
            Compute(function);
        return [.. order];

        bool IsLeaf(LogicFunction function) => Operands(function).All(net => !drivers.ContainsKey(net));

        int Missing(LogicFunction function) => Operands(function).Count(net => !hand.Contains(net));

        // Functions of inputs are computed where they are needed.
        void Compute(LogicFunction function)
        {
            if (!done.Add(function.Net))
                return;
            foreach (int net in Operands(function))
            {
                if (drivers.TryGetValue(net, out LogicFunction driver) && IsLeaf(driver))
                    Compute(driver);
                Use(net);
            }

            order.Add(function);
            Use(function.Net);
        }

        void Use(int net)
        {
            hand.Remove(net);
            hand.AddLast(net);
            if (hand.Count > registers)
                hand.RemoveFirst();
        }
    }

    /// <summary>The different nets that a function depends on.</summary>
    public static IEnumerable<int> Operands(LogicFunction function) => ((int[])[function.A, function.B, function.C]).Distinct();
}
