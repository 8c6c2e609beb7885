using TorchSharp;
using TorchSharp.Modules;

namespace DefensiveApproximation.Training;

/// <summary>An optimiser of LibTorch, with what it remembers from step to step.</summary>
abstract class OptimiserState : IDisposable
{
    const double Momentum = 0.9;

    readonly torch.optim.Optimizer optimiser;

    OptimiserState(torch.optim.Optimizer optimiser) => this.optimiser = optimiser;

    /// <summary>The size of the next steps.</summary>
    public double LearningRate
    {
        set
        {
            foreach (ParamGroup group in optimiser.ParamGroups)
                group.LearningRate = value;
        }
    }

    /// <summary>How many steps were made, where that changes the next.</summary>
    public abstract long Steps { get; set; }

    /// <summary>What is remembered, by name; copying into it changes it.</summary>
    public abstract IEnumerable<(string Name, torch.Tensor Tensor)> Tensors { get; }

    /// <summary>The optimiser that the options ask for.</summary>
    public static OptimiserState Create(TrainingOptions options, IReadOnlyList<(string Name, Parameter Parameter)> parameters) => options.Optimiser switch
    {
        Optimiser.Adam => new AdamState(torch.optim.Adam(parameters.Select(named => named.Parameter), options.LearningRate, weight_decay: options.WeightDecay), parameters),
        _ => new SgdState(torch.optim.SGD(parameters.Select(named => named.Parameter), options.LearningRate, Momentum, weight_decay: options.WeightDecay), parameters),
    };

    /// <summary>Makes a step down the gradient of a loss.</summary>
    public void Step(torch.Tensor loss)
    {
        optimiser.zero_grad();
        loss.backward();
        optimiser.step();
    }

    public void Dispose() => optimiser.Dispose();

    sealed class AdamState(Adam adam, IReadOnlyList<(string Name, Parameter Parameter)> parameters) : OptimiserState(adam)
    {
        readonly Adam.State[] states = [.. adam.state_dict().State.Cast<Adam.State>()];

        public override long Steps
        {
            get => states[0].step;
            set => Array.ForEach(states, state => state.step = value);
        }

        public override IEnumerable<(string Name, torch.Tensor Tensor)> Tensors => states.Zip(parameters).SelectMany(
            pair => ((string, torch.Tensor)[])[("adam.mean." + pair.Second.Name, pair.First.exp_avg), ("adam.square." + pair.Second.Name, pair.First.exp_avg_sq)]);
    }

    sealed class SgdState : OptimiserState
    {
        readonly IReadOnlyList<(string Name, torch.Tensor Tensor)> tensors;

        public SgdState(SGD sgd, IReadOnlyList<(string Name, Parameter Parameter)> parameters)
            : base(sgd)
        {
            // LibTorch makes it with the first step, which gives the same as starting at zero.
            foreach ((SGD.State state, (_, Parameter parameter)) in sgd.state_dict().State.Cast<SGD.State>().Zip(parameters))
                state.momentum_buffer = torch.zeros_like(parameter, requires_grad: false);
            tensors = [.. sgd.state_dict().State.Cast<SGD.State>().Zip(parameters, (state, named) => ("momentum." + named.Name, state.momentum_buffer))];
        }

        public override long Steps { get; set; }

        public override IEnumerable<(string Name, torch.Tensor Tensor)> Tensors => tensors;
    }
}
