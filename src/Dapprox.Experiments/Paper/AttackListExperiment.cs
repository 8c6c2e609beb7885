using System.Globalization;
using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Networks.Attacks.Geometry;

namespace Dapprox.Experiments.Paper;

/// <summary>Table 1: the attacks, as they are here.</summary>
sealed class AttackListExperiment() : Experiment("table-1", "The attacks", "table 1", ImageDomain.None)
{
    static readonly Norm[] PaperNorms = [Norm.LInf, Norm.LInf, Norm.L0, Norm.L2, Norm.L2, Norm.L2, Norm.L2, Norm.L2];

    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units(Scale scale) => [];

    private protected override ExperimentResult Conclude(Scale scale, RunContext context) => Result(scale,
        "All eight attacks are implemented with the settings of Foolbox 2.4, the authors’ library; the scale sets the number of images and steps. Foolbox 2.4 searches for the nearest example in L2 where the paper names L∞ for FGSM and PGD.",
        "Reproduced: the attack has the paper’s norm.") with
    {
        Tables =
        [
            new ResultTable("The attacks with the settings of this run", ["attack", "required access", "norm in the paper", "norm here", "images", "settings"],
                [.. PaperAttack.All(scale).Select((attack, i) => (ResultCell[])
                [
                    ResultCell.Words(attack.Name), ResultCell.Words(attack.Entry.Access.ToString().ToLowerInvariant()), ResultCell.Words(PaperNorms[i].Symbol()),
                    ResultCell.Words(attack.Attack.Norm.Symbol()) with { Verdict = attack.Attack.Norm == PaperNorms[i] ? Verdict.Reproduced : Verdict.SameDirection },
                    ResultCell.Words($"{attack.Images}"), ResultCell.Words(Settings(attack.Attack.ToString()!)),
                ])]),
        ],
    };

    /// <summary>The settings that a record prints, but for those that other columns have and those that are not set.</summary>
    static string Settings(string record) => string.Join(", ", record[(record.IndexOf('{', StringComparison.Ordinal) + 1)..record.LastIndexOf('}')]
        .Split(',', StringSplitOptions.TrimEntries)
        .Select(setting => setting.Split('=', StringSplitOptions.TrimEntries))
        .Where(setting => setting is [not ("Name" or "Norm"), { Length: > 0 }])
        .Select(setting => $"{setting[0]} = {(setting[1].Contains('.', StringComparison.Ordinal) ? NumberText.Of(double.Parse(setting[1], CultureInfo.InvariantCulture), NumberFormat.Number) : setting[1])}"));
}
