using Dapprox.Foundation;
using Dapprox.Networks.Tensors;
using TorchSharp;

namespace Dapprox.Benchmarks.Oracle;

/// <summary>Converts tensors to and from LibTorch.</summary>
static class TorchTensors
{
    /// <summary>A LibTorch copy of a tensor.</summary>
    public static torch.Tensor ToTorch(Tensor tensor) =>
        torch.tensor(tensor.Data, Array.ConvertAll(tensor.Shape.ToArray(), dimension => (long)dimension));

    /// <summary>Classes as a LibTorch tensor.</summary>
    public static torch.Tensor ToTorch(ReadOnlySpan<int> labels)
    {
        long[] classes = new long[labels.Length];
        for (int i = 0; i < classes.Length; i++)
            classes[i] = labels[i];
        return torch.tensor(classes);
    }

    /// <summary>A copy of a LibTorch tensor.</summary>
    public static Tensor FromTorch(torch.Tensor tensor)
    {
        using torch.Tensor detached = tensor.detach();
        using torch.Tensor contiguous = detached.contiguous();
        return new Tensor(contiguous.data<float>().ToArray(), Array.ConvertAll(tensor.shape, dimension => (int)dimension));
    }

    /// <summary>
    /// The state of a module: its parameters and its real buffers, which are the statistics of batch normalisations.
    /// </summary>
    public static IEnumerable<(string Name, torch.Tensor Tensor)> State(torch.nn.Module module) =>
    [
        .. module.named_parameters().Select(named => (named.name, (torch.Tensor)named.parameter)),
        .. module.named_buffers().Where(named => named.buffer.is_floating_point()),
    ];

    /// <summary>Overwrites a LibTorch tensor with the one of that name.</summary>
    /// <exception cref="InputException">No tensor has that name, or its shape differs.</exception>
    public static void Copy(IReadOnlyDictionary<string, Tensor> from, string name, torch.Tensor to)
    {
        if (!from.TryGetValue(name, out Tensor? source))
            throw new InputException($"the weights have no tensor '{name}'; give a file that was made for this architecture");
        if (!source.Shape.ToArray().SequenceEqual(Array.ConvertAll(to.shape, dimension => (int)dimension)))
        {
            throw new InputException($"the tensor '{name}' has the shape [{string.Join(", ", source.Shape.ToArray())}], "
                + $"and the architecture needs [{string.Join(", ", to.shape)}]; give a file that was made for it");
        }

        Copy(source, to);
    }

    /// <summary>Overwrites a LibTorch tensor with one of the same shape.</summary>
    public static void Copy(Tensor from, torch.Tensor to)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using (torch.no_grad())
            to.copy_(ToTorch(from));
    }
}
