using TorchSharp;
using TorchSharp.Modules;

namespace Dapprox.Training;

/// <summary>An optimiser with its state between steps.</summary>
/// <remarks>
/// The optimisers of TorchSharp 0.107 are not used: they pass scalars to LibTorch as objects without keeping them alive, and in
/// hours of training the finaliser frees one while LibTorch reads it. Here each scalar lives until the end of the step.
/// </remarks>
abstract class OptimiserState : IDisposable
{
    readonly IReadOnlyList<(string Name, Parameter Parameter)> parameters;
    readonly double weightDecay;

    OptimiserState(TrainingOptions options, IReadOnlyList<(string Name, Parameter Parameter)> parameters)
    {
        this.parameters = parameters;
        weightDecay = options.WeightDecay;
        LearningRate = options.LearningRate;
    }

    /// <summary>The size of the next steps.</summary>
    public double LearningRate { get; set; }

    /// <summary>The number of steps made.</summary>
    public long Steps { get; set; }

    /// <summary>The state tensors by name; copying into them changes the state.</summary>
    public abstract IEnumerable<(string Name, torch.Tensor Tensor)> Tensors { get; }

    /// <summary>The optimiser selected by the options.</summary>
    public static OptimiserState Create(TrainingOptions options, IReadOnlyList<(string Name, Parameter Parameter)> parameters) =>
        options.Optimiser == Optimiser.Adam ? new AdamState(options, parameters) : new MomentumState(options, parameters);

    /// <summary>Makes one step along the negative gradient of a loss.</summary>
    public void Step(torch.Tensor loss)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        foreach ((_, Parameter parameter) in parameters)
            parameter.grad?.zero_();
        loss.backward();
        Steps++;
        using (torch.no_grad())
        {
            using Scalar decay = weightDecay;
            for (int i = 0; i < parameters.Count; i++)
            {
                torch.Tensor gradient = parameters[i].Parameter.grad!;
                Follow(i, parameters[i].Parameter, weightDecay == 0 ? gradient : gradient.add(parameters[i].Parameter, decay));
            }
        }
    }

    public void Dispose()
    {
        foreach ((_, torch.Tensor tensor) in Tensors)
            tensor.Dispose();
    }

    /// <summary>Updates a parameter.</summary>
    protected abstract void Follow(int index, Parameter parameter, torch.Tensor gradient);

    torch.Tensor[] Zeros() => [.. parameters.Select(named => torch.zeros_like(named.Parameter, requires_grad: false))];

    IEnumerable<(string, torch.Tensor)> Named(string kind, torch.Tensor[] tensors) =>
        parameters.Zip(tensors, (named, tensor) => (kind + named.Name, tensor));

    /// <summary>
    /// Kingma and Ba, "Adam", ICLR 2015, algorithm 1: the mean of gradients divided by the root of the mean of their squares.
    /// </summary>
    sealed class AdamState : OptimiserState
    {
        const double MeanDecay = 0.9, SquareDecay = 0.999, Epsilon = 1e-8;

        readonly torch.Tensor[] means;
        readonly torch.Tensor[] squares;

        public AdamState(TrainingOptions options, IReadOnlyList<(string Name, Parameter Parameter)> parameters)
            : base(options, parameters) => (means, squares) = (Zeros(), Zeros());

        public override IEnumerable<(string Name, torch.Tensor Tensor)> Tensors =>
            [.. Named("adam.mean.", means), .. Named("adam.square.", squares)];

        protected override void Follow(int index, Parameter parameter, torch.Tensor gradient)
        {
            using Scalar meanDecay = MeanDecay, meanWeight = 1 - MeanDecay, squareDecay = SquareDecay, squareWeight = 1 - SquareDecay,
            epsilon = Epsilon;
            // Corrects the bias of both means, which start at zero.
            using Scalar squareBias = Math.Sqrt(1 - Math.Pow(SquareDecay, Steps)), step = -LearningRate / (1 - Math.Pow(MeanDecay, Steps));
            means[index].mul_(meanDecay).add_(gradient, meanWeight);
            squares[index].mul_(squareDecay).addcmul_(gradient, gradient, squareWeight);
            parameter.addcdiv_(means[index], (squares[index].sqrt() / squareBias).add_(epsilon), step);
        }
    }

    /// <summary>
    /// Stochastic gradient descent with momentum: steps along the sum of past gradients, each weighted 0.9 of its successor.
    /// </summary>
    sealed class MomentumState : OptimiserState
    {
        const double Momentum = 0.9;

        readonly torch.Tensor[] sums;

        public MomentumState(TrainingOptions options, IReadOnlyList<(string Name, Parameter Parameter)> parameters)
            : base(options, parameters) => sums = Zeros();

        public override IEnumerable<(string Name, torch.Tensor Tensor)> Tensors => Named("momentum.", sums);

        protected override void Follow(int index, Parameter parameter, torch.Tensor gradient)
        {
            using Scalar momentum = Momentum, step = -LearningRate;
            sums[index].mul_(momentum).add_(gradient);
            parameter.add_(sums[index], step);
        }
    }
}
