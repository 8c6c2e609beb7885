using System.CommandLine;
using Dapprox.Cli.Options;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Losses;

namespace Dapprox.Cli.Attacks;

/// <summary><c>apgd</c>, and <c>autoattack</c>, which begins with it.</summary>
static class EnsembleEntries
{
    public static AttackEntry Apgd()
    {
        Option<Choice<Norm>> norm = AttackEntry.NormOption(Norm.LInf, Norm.L2);
        Option<Choice<ApgdLoss>> loss = Values.Choice<ApgdLoss>("--loss", "The loss: the cross-entropy, the difference of logits ratio, or the same for the most likely wrong classes in turn.",
            new("ce", ApgdLoss.CrossEntropy), new("dlr", ApgdLoss.Dlr), new("targeted-dlr", ApgdLoss.TargetedDlr));
        Option<int?> steps = AttackEntry.Count("--steps", "The number of iterations from each start.");
        Option<int?> restarts = AttackEntry.Count("--restarts", "The most random starts; each further one only for images that are not yet fooled.");
        return new()
        {
            Name = "apgd",
            Summary = "Auto-PGD: projected gradient ascent with momentum and an adaptive step size.",
            Source = "Croce, Hein 2020",
            Norms = [Norm.LInf, Norm.L2],
            Knowledge = Knowledge.Gradients,
            Budget = Budget.Fixed,
            HasReleased = false,
            Options = [norm, loss, steps, restarts],
            Create = setting =>
            {
                var attack = new Apgd(setting.Epsilon!.Value);
                return attack with
                {
                    BallNorm = setting.Parse.GetValue(norm).Value,
                    Loss = setting.Parse.GetValue(loss).Value,
                    Steps = setting.Parse.GetValue(steps) ?? attack.Steps,
                    Restarts = setting.Parse.GetValue(restarts) ?? attack.Restarts,
                };
            },
        };
    }

    public static AttackEntry AutoAttack()
    {
        Option<Choice<Norm>> norm = AttackEntry.NormOption(Norm.LInf, Norm.L2);
        return new()
        {
            Name = "autoattack",
            Summary = "AutoAttack: APGD-CE, APGD-T, FAB and Square, until one succeeds.",
            Source = "Croce, Hein 2020",
            Norms = [Norm.LInf, Norm.L2],
            Knowledge = Knowledge.Gradients,
            Budget = Budget.Fixed,
            HasReleased = false,
            Options = [norm],
            Create = setting => new AutoAttack(setting.Epsilon!.Value) { BallNorm = setting.Parse.GetValue(norm).Value },
        };
    }
}
