using System.Text.Json.Serialization;
using Dapprox.Experiments.Runs;
using Dapprox.Foundation;
using Dapprox.Networks.Data;
using Dapprox.Networks.Training;

namespace Dapprox.Experiments.Units;

/// <summary>A network that is trained on the training images, with another seed or on adversarial images.</summary>
/// <param name="Name">The name of the network for a reader.</param>
/// <param name="DatasetName">The name of the data set.</param>
/// <param name="Architecture">The name of the architecture.</param>
/// <param name="Options">The settings of the training.</param>
/// <param name="SecondsAnEpoch">An estimate of the time of an epoch on two cores, in seconds.</param>
public sealed record RetrainingUnit(
    string Name, string DatasetName, string Architecture, TrainingOptions Options, [property: JsonIgnore] double SecondsAnEpoch)
    : TrainingUnit(Name, DatasetName, Architecture)
{
    /// <inheritdoc/>
    public override double Seconds => Options.Epochs * SecondsAnEpoch;

    /// <inheritdoc/>
    public override string Title => $"training of {Architecture}, {Name}, {DatasetName}";

    private protected override IReadOnlyList<Split> Splits => [Split.Train];

    /// <inheritdoc/>
    public override IReadOnlyList<WeightsRow> Compute(RunContext context, Action<double> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        Dataset data = context.Data(DatasetName, Split.Train);
        TrainingResult result = Trainer.Train(
            Recipe.Find(Architecture).Initial(data, Options), data,
            Options with { CheckpointPath = context.Folder.Checkpoint(context.FileOf(this)) },
            new Listener<EpochReport>(_ => progress(1.0 / Options.Epochs)), cancellation);
        return ToRows(result.Network);
    }
}
