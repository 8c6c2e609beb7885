using System.Runtime.InteropServices;
using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Experiments.Units;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Data;

namespace Dapprox.Experiments.Paper;

/// <summary>Runs experiments, and judges those whose units are all done.</summary>
public static class Reproduction
{
    /// <summary>The units of some experiments; of all experiments with those of the galleries.</summary>
    /// <param name="experiments">The experiments; those that the scale leaves out have none.</param>
    /// <param name="scale">The scale.</param>
    public static IReadOnlyList<WorkUnit> AllUnits(IReadOnlyList<Experiment> experiments, Scale scale)
    {
        ArgumentNullException.ThrowIfNull(experiments);
        return
        [
            .. experiments.Where(experiment => experiment.IsIn(scale)).SelectMany(experiment => experiment.Units(scale)),
            .. AllExperiments.AreAll(experiments) ? Galleries : [],
        ];
    }

    /// <summary>The galleries of a report: of the digits, whose licence allows it to show them.</summary>
    public static IReadOnlyList<GalleryUnit> Galleries { get; } =
    [
        Gallery("FGSM, ε = 0.15", new Fgsm(0.15), MultiplierAssignment.Exact, MultiplierAssignment.AxFpm),
        Gallery("PGD, ε = 0.1", new Pgd(0.1) { Restarts = 1 }, MultiplierAssignment.Exact, MultiplierAssignment.AxFpm),
        Gallery("DeepFool, nearest", DeepFool.Foolbox24, MultiplierAssignment.Exact, MultiplierAssignment.AxFpm),
        Gallery("PGD, ε = 0.1, on Ax-FPM", new Pgd(0.1) { Restarts = 1 }, MultiplierAssignment.AxFpm, MultiplierAssignment.Exact),
    ];

    /// <summary>The examples of the galleries that are done.</summary>
    /// <param name="context">Has the results.</param>
    public static IReadOnlyList<AdversarialExample> Examples(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var examples = new List<AdversarialExample>();
        foreach (GalleryUnit unit in Galleries.Where(context.IsDone))
        {
            Dataset data = context.Data(unit.DatasetName);
            Rows rows = context.Result(unit);
            for (int row = 0; row < rows.Count; row++)
            {
                int label = rows.Int32(row, "label");
                examples.Add(new AdversarialExample
                {
                    Clean = Pixels(rows, row, "clean"),
                    Adversarial = Pixels(rows, row, "adversarial"),
                    Channels = data.Channels,
                    Height = data.Height,
                    Width = data.Width,
                    Attack = unit.Caption,
                    Label = data.Classes[label],
                    L2 = rows.Number(row, "l2")!.Value,
                    Predictions = [Prediction(unit.Source, "source"), Prediction(unit.Other, "other")],
                });

                ExamplePrediction Prediction(ModelVariant subject, string who)
                {
                    int seen = rows.Int32(row, $"{who}_class");
                    string text = seen < 0 ? "no answer" : $"{data.Classes[seen]}, {NumberText.Of(rows.Number(row, $"{who}_confidence"), NumberFormat.Percent)}";
                    return new ExamplePrediction(subject.Title, text, seen == label);
                }
            }
        }

        return examples;

        static float[] Pixels(Rows rows, int row, string column) => MemoryMarshal.Cast<byte, float>(rows.Bytes(row, column)).ToArray();
    }

    /// <summary>What the experiments say whose units are all done.</summary>
    /// <param name="experiments">The experiments.</param>
    /// <param name="scale">The scale.</param>
    /// <param name="context">Has the results.</param>
    /// <param name="run">What they were run with.</param>
    public static RunResults Judge(IEnumerable<Experiment> experiments, Scale scale, RunContext context, RunInfo run)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(scale);
        return new RunResults(scale.Name, context.Seed, run,
        [
            .. experiments
                .Where(experiment => experiment.IsIn(scale) && experiment.Units(scale).All(unit => context.CanRun(unit) && context.IsDone(unit)))
                .Select(experiment => experiment.Judge(scale, context)),
        ]);
    }

    static GalleryUnit Gallery(string caption, IAttack<IGradientVictim> attack, MultiplierAssignment source, MultiplierAssignment other) =>
        new(attack, caption, "digits", new ModelVariant("lenet5-digits", source), new ModelVariant("lenet5-digits", other), Examples: 4);
}
