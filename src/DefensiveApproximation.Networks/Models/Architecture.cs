namespace DefensiveApproximation.Networks.Models;

/// <summary>A network without weights: which tensors it needs, and how they become layers.</summary>
/// <param name="Name">The name on the command line: <c>lenet5</c>.</param>
/// <param name="Tensors">The weights by name, with their shapes.</param>
/// <param name="Build">Makes the exact network from weights of these names and shapes; the first argument names it.</param>
public sealed record Architecture(
    string Name,
    IReadOnlyDictionary<string, int[]> Tensors,
    Func<string, IReadOnlyDictionary<string, Tensor>, Network> Build)
{
    /// <summary>All architectures that a weights file is compared with.</summary>
    public static IReadOnlyList<Architecture> All { get; } = [LeNet5.Architecture, AlexNet.Architecture];

    /// <summary>The architecture whose tensors have exactly these names and shapes.</summary>
    /// <param name="source">Where the tensors come from, for the message.</param>
    /// <param name="tensors">The tensors by name.</param>
    /// <exception cref="InputException">There is none; the message says what is missing, surplus or misshapen.</exception>
    public static Architecture Recognise(string source, IReadOnlyDictionary<string, Tensor> tensors)
    {
        foreach (Architecture architecture in All)
        {
            if (architecture.Difference(tensors) is null)
                return architecture;
        }

        Architecture nearest = All.MaxBy(architecture => architecture.Tensors.Count(own => tensors.TryGetValue(own.Key, out Tensor? tensor) && tensor.Shape.SequenceEqual(own.Value)))!;
        throw new InputException(
            $"{source}: the tensors fit no known architecture; the nearest, {nearest.Name}, differs: {nearest.Difference(tensors)}. Known: {string.Join(", ", All.Select(architecture => architecture.Name))}.");
    }

    string? Difference(IReadOnlyDictionary<string, Tensor> tensors)
    {
        foreach ((string name, int[] shape) in Tensors)
        {
            if (!tensors.TryGetValue(name, out Tensor? tensor))
                return $"'{name}' is missing";
            if (!tensor.Shape.SequenceEqual(shape))
                return $"'{name}' has the shape [{string.Join(", ", tensor.Shape.ToArray())}] instead of [{string.Join(", ", shape)}]";
        }

        string? surplus = tensors.Keys.FirstOrDefault(name => !Tensors.ContainsKey(name));
        return surplus is null ? null : $"'{surplus}' has no place in it";
    }
}
