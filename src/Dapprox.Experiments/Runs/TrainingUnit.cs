using System.Globalization;
using System.Runtime.InteropServices;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Tensors;

namespace Dapprox.Experiments.Runs;

/// <summary>A network that is trained for an experiment. Columns: the tensor's name, its shape, and its numbers as binary32, little-endian.</summary>
/// <param name="Name">What it is, for a reader.</param>
/// <param name="DatasetName">The data set.</param>
/// <param name="Architecture">The architecture's name.</param>
public abstract record TrainingUnit(string Name, string DatasetName, string Architecture) : WorkUnit
{
    /// <inheritdoc/>
    public override string Kind => "weights";

    /// <inheritdoc/>
    public override string? Dataset => DatasetName;

    /// <summary>The network with these weights, exact in all layers.</summary>
    /// <param name="weights">What <see cref="WorkUnit.Run"/> found.</param>
    public Network Network(Rows weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        for (int i = 0; i < weights.Count; i++)
        {
            int[] shape = Array.ConvertAll(weights.Text(i, "shape")!.Split('x'), size => int.Parse(size, CultureInfo.InvariantCulture));
            tensors.Add(weights.Text(i, "tensor")!, new Tensor(MemoryMarshal.Cast<byte, float>(weights.Bytes(i, "numbers")).ToArray(), shape));
        }

        return Networks.Models.Architecture.Recognise(Name, tensors, Architecture).Build(Name, tensors);
    }

    /// <summary>Weights as rows.</summary>
    /// <param name="weights">The tensors by name.</param>
    protected static Rows ToRows(IReadOnlyDictionary<string, Tensor> weights) => new(
        [new("tensor", "VARCHAR"), new("shape", "VARCHAR"), new("numbers", "BLOB")],
        [.. weights.OrderBy(tensor => tensor.Key, StringComparer.Ordinal).Select(tensor => (object?[])
            [tensor.Key, string.Join('x', tensor.Value.Shape.ToArray()), MemoryMarshal.AsBytes(tensor.Value.Data.AsSpan()).ToArray()])]);
}
