using System.Diagnostics;
using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Models;

namespace Dapprox.Benchmarks;

/// <summary>The attacks with the settings of Foolbox 2.4, on the exact network and on Ax-FPM, once each, one after the other.</summary>
static class AttackBenchmark
{
    const int Count = 100;
    const ulong Seed = 1;

    static readonly IAttack<IGradientVictim>[] Attacks =
    [
        DeepFool.Foolbox24,
        CarliniWagner.Foolbox24,
        LocalSearch.Foolbox24,
        HopSkipJump.Foolbox24,
        BoundaryAttack.Foolbox24,
    ];

    /// <summary>The benchmark of the attacks with these names, of all where there are none.</summary>
    public static Action Prepare(TextWriter output, string[] names)
    {
        IAttack<IGradientVictim>[] chosen = [
            .. names.Select(name => Names.Find("attack of the benchmark", name, Attacks, attack => attack.Name))];
        return () => Run(output, chosen.Length == 0 ? Attacks : chosen);
    }

    static void Run(TextWriter output, IAttack<IGradientVictim>[] attacks)
    {
        // MNIST, as the paper has it, where a folder is named; otherwise the digits that come with the program.
        string name = Environment.GetEnvironmentVariable(Datasets.FolderVariable) is null ? "digits" : "mnist";
        Dataset data = Datasets.Load(name, Split.Test);
        Network exact = TrainedModels.Load($"lenet5-{name}");
        Network approximate = exact.With(AxFpm.Released);
        (string Multiplier, Campaign Campaign)[] campaigns = [("exact", On(exact)), ("ax-fpm", On(approximate))];
        int attacked = campaigns.Min(one => one.Campaign.Select().Length);

        output.WriteLine(
            $"### Attacks with the settings of Foolbox 2.4, lenet5-{name}, the first {attacked} images that exact and ax-fpm "
                + "classify correctly, straight-through gradients");
        output.WriteLine();
        output.WriteLine("| attack | network | seconds | an image | success | mean L2 | queries an image | queries a second |");
        output.WriteLine("|---|---|---:|---:|---:|---:|---:|---:|");
        foreach (IAttack<IGradientVictim> attack in attacks)
        {
            foreach ((string multiplier, Campaign campaign) in campaigns)
            {
                var watch = Stopwatch.StartNew();
                AttackSummary summary = campaign.Run(attack).Worst.Summary;
                double seconds = watch.Elapsed.TotalSeconds;
                double queries = summary.MeanQueries!.Value;
                output.WriteLine(
                    $"| {attack.Name} | {multiplier} | {seconds:F1} | {1000 * seconds / attacked:F0} ms | {100 * summary.Success.Value:F0} "
                        + $"% | {summary.MeanL2:F3} | {queries:F0} | {queries * attacked / seconds:F0} |");
                output.Flush();
            }
        }

        output.WriteLine();

        Campaign On(Network source) => new(data, source) { CorrectOn = [exact, approximate], First = Count, Seed = Seed };
    }
}
