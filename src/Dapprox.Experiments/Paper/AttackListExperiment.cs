using System.Globalization;
using System.Reflection;
using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Experiments.Paper;

/// <summary>Table 1: the attacks, as they are here.</summary>
sealed class AttackListExperiment() : Experiment("table-1", "The attacks", "table 1", ImageDomain.None)
{
    static readonly Norm[] PaperNorms = [Norm.LInf, Norm.LInf, Norm.L0, Norm.L2, Norm.L2, Norm.L2, Norm.L2, Norm.L2];

    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units(Scale scale) => [];

    private protected override ExperimentResult Conclude(Scale scale, RunContext context) => Result(scale,
        "All eight attacks are implemented with the settings of Foolbox 2.4, the authors’ library; "
        + "the scale sets the number of images and steps. "
        + "Foolbox 2.4 searches for the nearest example in L2 where the paper names L∞ for FGSM and PGD.",
        "Reproduced: the attack has the paper’s norm.") with
    {
        Tables =
        [
            new ResultTable(
                "The attacks with the settings of this run",
                ["attack", "required access", "norm in the paper", "norm here", "images", "settings"],
                [.. PaperAttack.All(scale).Select((attack, i) => (ResultCell[])
                [
                    ResultCell.OfText(attack.Name), ResultCell.OfText(attack.Entry.Access.ToString().ToLowerInvariant()),
                    ResultCell.OfText(PaperNorms[i].Symbol()),
                    ResultCell.OfText(attack.Attack.Norm.Symbol()) with
                    {
                        Verdict = attack.Attack.Norm == PaperNorms[i] ? Verdict.Reproduced : Verdict.SameDirection,
                    },
                    ResultCell.OfText($"{attack.Images}"), ResultCell.OfText(Settings(attack.Attack)),
                ])]),
        ],
    };

    /// <summary>The properties of an attack that have a value and no column of their own.</summary>
    static string Settings(IAttack<IGradientVictim> attack) => string.Join(", ",
        from property in attack.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
        where property.Name is not (nameof(attack.Name) or nameof(attack.Norm))
        let value = property.GetValue(attack)
        where value is not null
        select $"{property.Name} = {(value is double number ? Text(number) : value)}");

    // Whole numbers as they are, without a separator of thousands.
    static string Text(double number) =>
        double.IsInteger(number) ? number.ToString(CultureInfo.InvariantCulture) : NumberText.Of(number, NumberFormat.Number);
}
