using Dapprox.Experiments.Runs;
using Dapprox.Networks.Data;
using Dapprox.Training;

namespace Dapprox.Experiments.Units;

/// <summary>A network trained on the training images: with another seed, or on adversarial images.</summary>
/// <param name="Name">What it is, for a reader.</param>
/// <param name="DatasetName">The data set.</param>
/// <param name="Architecture">The architecture's name.</param>
/// <param name="Options">How it is trained.</param>
/// <param name="SecondsAnEpoch">About how long an epoch takes.</param>
public sealed record RetrainingUnit(string Name, string DatasetName, string Architecture, TrainingOptions Options, double SecondsAnEpoch)
    : TrainingUnit(Name, DatasetName, Architecture)
{
    /// <inheritdoc/>
    public override double Seconds => Options.Epochs * SecondsAnEpoch;

    /// <inheritdoc/>
    public override string Title => $"training of {Architecture}, {Name}, {DatasetName}";

    /// <inheritdoc/>
    public override string Describe(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return $"{Architecture}; {context.DescribeData(DatasetName, Split.Train)}; {Options}";
    }

    /// <inheritdoc/>
    public override Rows Run(RunContext context, Action<double> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        TrainingResult result = Trainer.Train(
            TorchArchitecture.Find(Architecture), context.Data(DatasetName, Split.Train), Options, new Steps(() => progress(1.0 / Options.Epochs)), cancellation);
        return ToRows(result.Weights);
    }

    sealed class Steps(Action step) : IProgress<EpochReport>
    {
        public void Report(EpochReport value) => step();
    }
}
