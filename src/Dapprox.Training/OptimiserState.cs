using TorchSharp;
using TorchSharp.Modules;

namespace Dapprox.Training;

/// <summary>Makes parameters follow their gradients, with what that remembers from step to step.</summary>
/// <remarks>
/// TorchSharp 0.107's own optimisers are not used: the numbers they give to LibTorch are objects that nothing holds on to while
/// LibTorch reads them, and in hours of training the finaliser frees one too early. Here each lives until the step is done.
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

    /// <summary>How many steps were made.</summary>
    public long Steps { get; set; }

    /// <summary>What is remembered, by name; copying into it changes it.</summary>
    public abstract IEnumerable<(string Name, torch.Tensor Tensor)> Tensors { get; }

    /// <summary>The optimiser that the options ask for.</summary>
    public static OptimiserState Create(TrainingOptions options, IReadOnlyList<(string Name, Parameter Parameter)> parameters) =>
        options.Optimiser == Optimiser.Adam ? new AdamState(options, parameters) : new MomentumState(options, parameters);

    /// <summary>Makes a step down the gradient of a loss.</summary>
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

    /// <summary>Moves a parameter.</summary>
    protected abstract void Follow(int place, Parameter parameter, torch.Tensor gradient);

    torch.Tensor[] Zeros() => [.. parameters.Select(named => torch.zeros_like(named.Parameter, requires_grad: false))];

    IEnumerable<(string, torch.Tensor)> Named(string kind, torch.Tensor[] tensors) =>
        parameters.Zip(tensors, (named, tensor) => (kind + named.Name, tensor));

    /// <summary>Kingma and Ba, "Adam", ICLR 2015, algorithm 1: the mean of gradients over the root of that of their squares.</summary>
    sealed class AdamState : OptimiserState
    {
        const double MeanDecay = 0.9, SquareDecay = 0.999, Epsilon = 1e-8;

        readonly torch.Tensor[] means;
        readonly torch.Tensor[] squares;

        public AdamState(TrainingOptions options, IReadOnlyList<(string Name, Parameter Parameter)> parameters)
            : base(options, parameters) => (means, squares) = (Zeros(), Zeros());

        public override IEnumerable<(string Name, torch.Tensor Tensor)> Tensors =>
            [.. Named("adam.mean.", means), .. Named("adam.square.", squares)];

        protected override void Follow(int place, Parameter parameter, torch.Tensor gradient)
        {
            using Scalar meanDecay = MeanDecay, meanShare = 1 - MeanDecay, squareDecay = SquareDecay, squareShare = 1 - SquareDecay,
            epsilon = Epsilon;
            // Both began at zero and are too small by as much.
            using Scalar squareBias = Math.Sqrt(1 - Math.Pow(SquareDecay, Steps)), step = -LearningRate / (1 - Math.Pow(MeanDecay, Steps));
            means[place].mul_(meanDecay).add_(gradient, meanShare);
            squares[place].mul_(squareDecay).addcmul_(gradient, gradient, squareShare);
            parameter.addcdiv_(means[place], (squares[place].sqrt() / squareBias).add_(epsilon), step);
        }
    }

    /// <summary>
    /// Stochastic gradient descent with momentum: along the sum of past gradients, each counting 0.9 of the one after it.
    /// </summary>
    sealed class MomentumState : OptimiserState
    {
        const double Momentum = 0.9;

        readonly torch.Tensor[] sums;

        public MomentumState(TrainingOptions options, IReadOnlyList<(string Name, Parameter Parameter)> parameters)
            : base(options, parameters) => sums = Zeros();

        public override IEnumerable<(string Name, torch.Tensor Tensor)> Tensors => Named("momentum.", sums);

        protected override void Follow(int place, Parameter parameter, torch.Tensor gradient)
        {
            using Scalar momentum = Momentum, step = -LearningRate;
            sums[place].mul_(momentum).add_(gradient);
            parameter.add_(sums[place], step);
        }
    }
}
