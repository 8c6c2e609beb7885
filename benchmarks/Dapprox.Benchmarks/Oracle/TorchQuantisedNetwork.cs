using Dapprox.Networks.Layers;
using Dapprox.Networks.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using Parameter = TorchSharp.Modules.Parameter;

namespace Dapprox.Benchmarks.Oracle;

/// <summary>
/// The networks of Guesmi et al., ASPLOS 2021, table 11, as in <see cref="QuantisedNetwork"/>. Training updates unquantised
/// weights; the loss uses the quantised weights, and gradients ignore the rounding (straight-through; Zhou et al., "DoReFa-Net",
/// 2016).
/// </summary>
/// <remarks>
/// The numbers of filters are multiples of 16: with 24 filters, LibTorch 2.10.0 occasionally gives NaN in the output and in the
/// gradients of a convolution for finite operands (observed with AVX-512).
/// </remarks>
public static class TorchQuantisedNetwork
{
    /// <summary><c>dq-full</c>: weights of four bits, and activations of four bits after every ReLU.</summary>
    public static TorchArchitecture Full { get; } = Create("dq-full", weights: true, activations: true);

    /// <summary><c>dq-weights</c>: weights of four bits.</summary>
    public static TorchArchitecture WeightsOnly { get; } = Create("dq-weights", weights: true, activations: false);

    /// <summary><c>dq-float</c>: nothing quantised; the reference for the others.</summary>
    public static TorchArchitecture Unquantised { get; } = Create("dq-float", weights: false, activations: false);

    static TorchArchitecture Create(string name, bool weights, bool activations) =>
        new(name, [[3, 32, 32]], 10, _ => Build(weights, activations));

    static Sequential Build(bool weights, bool activations)
    {
        return Sequential(
            ("conv1", Convolution(3, 16)),
            ("norm1", BatchNorm2d(16)),
            ("relu1", Relu()),
            ("conv2", Convolution(16, 32)),
            ("relu2a", Relu()),
            ("pool2", MaxPool2d(2)),
            ("norm2", BatchNorm2d(32)),
            ("relu2", Relu()),
            ("conv3", Convolution(32, 48)),
            ("norm3", BatchNorm2d(48)),
            ("relu3", Relu()),
            ("conv4", Convolution(48, 48)),
            ("pool4", MaxPool2d(2)),
            ("norm4", BatchNorm2d(48)),
            ("relu4", Relu()),
            ("conv5", Convolution(48, 96)),
            ("norm5", BatchNorm2d(96)),
            ("relu5", Relu()),
            ("conv6", Convolution(96, 96)),
            ("pool6", MaxPool2d(2)),
            ("norm6", BatchNorm2d(96)),
            ("relu6", Relu()),
            ("flatten", Flatten()),
            ("linear1", Dense(96 * 4 * 4, 256)),
            ("norm7", BatchNorm1d(256)),
            ("relu7", Relu()),
            ("linear2", Dense(256, 256)),
            ("norm8", BatchNorm1d(256)),
            ("relu8", Relu()),
            ("linear3", Linear(256, 10)));

        Module<Tensor, Tensor> Convolution(int from, int to) =>
            weights ? new QuantisedConvolution(from, to) : Conv2d(from, to, 3, padding: 1);

        Module<Tensor, Tensor> Dense(int from, int to) => weights ? new QuantisedDense(from, to) : Linear(from, to);

        Module<Tensor, Tensor> Relu() => activations ? new QuantisedActivation() : ReLU();
    }

    /// <summary><see cref="DoReFa.Weights"/>, also in binary64, so that every weight gets the same level.</summary>
    static Tensor QuantisedWeights(Tensor learnt)
    {
        // Scalars live as long as LibTorch reads them; see OptimiserState.
        using Scalar half = 0.5, two = 2.0, one = 1.0;
        Tensor tanh = learnt.to(ScalarType.Float64).tanh();
        return (Rounded(tanh / (tanh.abs().max() * two) + half) * two - one).to(ScalarType.Float32);
    }

    /// <summary>The nearest level, with the gradient of the unrounded value.</summary>
    static Tensor Rounded(Tensor unit)
    {
        using Scalar steps = (double)((1 << QuantisedNetwork.Bits) - 1);
        return unit + (unit.detach() * steps).round_().div_(steps).sub_(unit.detach());
    }

    sealed class QuantisedConvolution : Module<Tensor, Tensor>
    {
        readonly Parameter weight;
        readonly Parameter bias;

        public QuantisedConvolution(int from, int to)
            : base(nameof(QuantisedConvolution))
        {
            weight = Parameter(zeros(to, from, 3, 3));
            bias = Parameter(zeros(to));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => functional.conv2d(input, QuantisedWeights(weight), bias, padding: [1, 1]);
    }

    sealed class QuantisedDense : Module<Tensor, Tensor>
    {
        readonly Parameter weight;
        readonly Parameter bias;

        public QuantisedDense(int from, int to)
            : base(nameof(QuantisedDense))
        {
            weight = Parameter(zeros(to, from));
            bias = Parameter(zeros(to));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => functional.linear(input, QuantisedWeights(weight), bias);
    }

    sealed class QuantisedActivation() : Module<Tensor, Tensor>(nameof(QuantisedActivation))
    {
        public override Tensor forward(Tensor input)
        {
            using Scalar range = (double)QuantisedNetwork.Range, zero = 0.0, one = 1.0;
            return Rounded((input / range).clamp(zero, one));
        }
    }
}
