using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Models;

namespace Dapprox.Experiments.Paper;

/// <summary>Table 11: the layers of the network of defensive quantisation.</summary>
sealed class QuantisedLayersExperiment() : Experiment("table-11", "The network of defensive quantisation", "table 11", ImageDomain.None)
{
    const string PaperOrder = "conv BN relu, conv relu pool BN relu, conv BN relu, conv pool BN relu, conv BN relu, conv pool BN relu, "
        + "dense BN relu, dense BN relu, dense";

    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units(Scale scale) => [];

    private protected override ExperimentResult Conclude(Scale scale, RunContext context)
    {
        Network network = TrainedModels.Load("dq-full-cifar-10");
        string order = string.Join(' ', network.Layers.Select(Word).OfType<string>());
        bool isPapers = order == PaperOrder.Replace(",", "", StringComparison.Ordinal);
        return Result(scale,
            $"{network.Name} has the paper’s layers in the paper’s order{(isPapers ? "" : ", but for: " + order)}; "
            + "the numbers of filters are ours, since the paper gives none.",
            "Reproduced: the same layers in the same order.") with
        {
            Tables =
            [
                new ResultTable($"The layers of {network.Name}", ["layers", "order"],
                [
                    [ResultCell.OfText("paper"), ResultCell.OfText(PaperOrder)],
                    [
                        ResultCell.OfText("here"),
                        ResultCell.OfText(order) with { Verdict = isPapers ? Verdict.Reproduced : Verdict.SameDirection },
                    ],
                ]),
            ],
        };
    }

    static string? Word(Layer layer) => layer switch
    {
        Convolution2D => "conv",
        Dense => "dense",
        MaxPool2D => "pool",
        BatchNormalization => "BN",
        Relu or QuantisedRelu => "relu",
        _ => null,
    };
}
