namespace Dapprox.Foundation;

/// <summary>Looks things up by name, and answers an unknown name with the known ones and the nearest of them.</summary>
public static class Names
{
    /// <summary>Finds the item called <paramref name="given"/>, whatever the case of its letters.</summary>
    /// <param name="kind">What the items are, in the singular, for the message: <c>multiplier</c>.</param>
    /// <param name="given">The name asked for.</param>
    /// <param name="known">The items, in the order in which the message lists them.</param>
    /// <param name="name">The name of an item.</param>
    /// <exception cref="InputException">No item has that name.</exception>
    public static T Find<T>(string kind, string given, IEnumerable<T> known, Func<T, string> name)
    {
        T[] items = known.ToArray();
        foreach (T item in items)
        {
            if (string.Equals(name(item), given, StringComparison.OrdinalIgnoreCase))
                return item;
        }

        throw Unknown(kind, given, items.Select(name));
    }

    /// <summary>The exception for a name that is not known; its message suggests the nearest known one.</summary>
    /// <param name="kind">What the names are for, in the singular.</param>
    /// <param name="given">The name asked for.</param>
    /// <param name="known">The names that the message lists.</param>
    public static InputException Unknown(string kind, string given, IEnumerable<string> known)
    {
        string[] names = known.ToArray();
        string? nearest = names.FirstOrDefault(name => given.Length > 1 && name.StartsWith(given, StringComparison.OrdinalIgnoreCase))
            ?? names.Where(name => EditDistance(given, name) <= Math.Max(2, given.Length / 2)).MinBy(name => EditDistance(given, name));
        string hint = nearest is null ? "" : $"did you mean '{nearest}'? ";
        return new InputException($"unknown {kind} '{given}': {hint}known: {string.Join(", ", names)}");
    }

    /// <summary>Levenshtein distance without regard to case: insertions, deletions and substitutions cost 1 each.</summary>
    static int EditDistance(string left, string right)
    {
        int[] row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int substitution = diagonal
                    + (char.ToLowerInvariant(left[i - 1]) == char.ToLowerInvariant(right[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substitution, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[right.Length];
    }
}
