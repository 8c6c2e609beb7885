using Dapprox.Foundation;
using Dapprox.Networks.Tensors;
using TorchSharp;
using TorchSharp.Modules;

namespace Dapprox.Benchmarks.Oracle;

/// <summary>
/// A network run by LibTorch with exact products: the reference for the layers and gradients of this library. LibTorch does not
/// define the order of its sums, so results differ in the last bits and may depend on batch and threads.
/// </summary>
public sealed class TorchNetwork : IDisposable
{
    readonly Sequential module;

    /// <summary>Builds the network and sets its weights.</summary>
    /// <param name="architecture">The architecture to build.</param>
    /// <param name="inputShape">The shape of one image, one of the architecture's.</param>
    /// <param name="weights">A tensor for each name of the architecture; further tensors are ignored.</param>
    /// <exception cref="InputException">A tensor is missing or has the wrong shape, or LibTorch does not load.</exception>
    public TorchNetwork(TorchArchitecture architecture, IReadOnlyList<int> inputShape, IReadOnlyDictionary<string, Tensor> weights)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        ArgumentNullException.ThrowIfNull(weights);
        LibTorch.Load();
        module = architecture.Build(inputShape);
        module.eval();
        foreach ((_, Parameter parameter) in module.named_parameters())
            parameter.requires_grad_(false);
        foreach ((string name, torch.Tensor tensor) in TorchTensors.State(module))
            TorchTensors.Copy(weights, name, tensor);
    }

    /// <summary>The logits <c>[batch, classes]</c> of images <c>[batch, channels, height, width]</c>.</summary>
    public Tensor Forward(Tensor images)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using (torch.no_grad())
            return TorchTensors.FromTorch(module.forward(TorchTensors.ToTorch(images)));
    }

    /// <summary>
    /// For each image the gradient of its own cross-entropy, −ln softmax(logits)[label], with respect to its pixels;
    /// the shape is that of <paramref name="images"/>.
    /// </summary>
    /// <param name="images">The images, <c>[batch, channels, height, width]</c>.</param>
    /// <param name="labels">One class for each image.</param>
    public Tensor InputGradient(Tensor images, ReadOnlySpan<int> labels)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor input = TorchTensors.ToTorch(images).requires_grad_();
        // A sum, not a mean: an image's gradient does not depend on the batch size.
        torch.nn.functional.cross_entropy(
            module.forward(input), TorchTensors.ToTorch(labels), reduction: torch.nn.Reduction.Sum).backward();
        return TorchTensors.FromTorch(input.grad!);
    }

    /// <summary>
    /// One step of stochastic gradient descent with momentum along the gradient of the mean cross-entropy, with dropout and batch
    /// normalisation as in training; returns the loss.
    /// </summary>
    /// <param name="images">The images, <c>[batch, channels, height, width]</c>.</param>
    /// <param name="labels">One class for each image.</param>
    /// <param name="optimiser">One of this network's <see cref="Parameters"/>.</param>
    public float Step(Tensor images, ReadOnlySpan<int> labels, torch.optim.Optimizer optimiser)
    {
        ArgumentNullException.ThrowIfNull(optimiser);
        using DisposeScope scope = torch.NewDisposeScope();
        module.train();
        optimiser.zero_grad();
        torch.Tensor loss = torch.nn.functional.cross_entropy(module.forward(TorchTensors.ToTorch(images)), TorchTensors.ToTorch(labels));
        loss.backward();
        optimiser.step();
        return loss.item<float>();
    }

    /// <summary>The learnt tensors, which now take gradients.</summary>
    public IEnumerable<Parameter> Parameters()
    {
        foreach (Parameter parameter in module.parameters())
            parameter.requires_grad_(true);
        return module.parameters();
    }

    /// <summary>From now on nothing is dropped in <see cref="Step"/>.</summary>
    public void OmitDropout()
    {
        foreach (Dropout dropout in module.modules().OfType<Dropout>())
            dropout.p = 0;
    }

    /// <summary>The gradients of the last <see cref="Step"/>, by the names of the learnt tensors.</summary>
    public IReadOnlyDictionary<string, Tensor> Gradients() =>
        module.named_parameters().ToDictionary(named => named.name, named => TorchTensors.FromTorch(named.parameter.grad!));

    /// <summary>The current weights and statistics, by the names in weight files.</summary>
    public IReadOnlyDictionary<string, Tensor> State() =>
        TorchTensors.State(module).ToDictionary(named => named.Name, named => TorchTensors.FromTorch(named.Tensor));

    /// <summary>Frees the memory LibTorch holds.</summary>
    public void Dispose() => module.Dispose();
}
