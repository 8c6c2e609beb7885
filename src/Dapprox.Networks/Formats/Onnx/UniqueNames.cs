namespace Dapprox.Networks.Formats.Onnx;

/// <summary>Names of which no two are the same: one that is taken gets a number behind it, from 2.</summary>
/// <param name="taken">Names that are taken from the beginning.</param>
sealed class UniqueNames(params IEnumerable<string> taken)
{
    readonly HashSet<string> names = [.. taken];

    // Of a name that is taken, the next number behind it: a file can have a name any number of times.
    readonly Dictionary<string, int> numbers = [];

    /// <summary>Marks names as taken.</summary>
    public void Take(IEnumerable<string> more) => names.UnionWith(more);

    /// <summary>Gives a name back.</summary>
    public void Return(string name) => names.Remove(name);

    /// <summary>The name, or the first with a number that is left; it is taken then.</summary>
    /// <param name="wanted">What is wanted.</param>
    public string Of(string wanted)
    {
        string name = wanted;
        for (int number = numbers.GetValueOrDefault(wanted, 2); !names.Add(name); number++)
        {
            name = $"{wanted}#{number}";
            numbers[wanted] = number + 1;
        }

        return name;
    }
}
