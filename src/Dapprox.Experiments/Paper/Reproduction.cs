using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Experiments.Units;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Data;

namespace Dapprox.Experiments.Paper;

/// <summary>The units and the judgement of a reproduction of the paper.</summary>
public static class Reproduction
{
    /// <summary>The units of some experiments; of all experiments together, also those of the galleries.</summary>
    /// <param name="experiments">The experiments; those that the scale leaves out have no units.</param>
    /// <param name="scale">Sets the data sets and the numbers of images and steps.</param>
    public static IReadOnlyList<WorkUnit> AllUnits(IReadOnlyList<Experiment> experiments, Scale scale)
    {
        ArgumentNullException.ThrowIfNull(experiments);
        return
        [
            .. experiments.Where(experiment => experiment.IsIn(scale)).SelectMany(experiment => experiment.Units(scale)),
            .. AllExperiments.AreAll(experiments) ? Galleries : [],
        ];
    }

    /// <summary>The galleries of a report. They show the included digits, whose licence allows it.</summary>
    public static IReadOnlyList<GalleryUnit> Galleries { get; } =
    [
        Gallery("FGSM, ε = 0.15", new Fgsm(0.15), MultiplierAssignment.Exact, MultiplierAssignment.AxFpm),
        Gallery("PGD, ε = 0.1", new Pgd(0.1) { Restarts = 1 }, MultiplierAssignment.Exact, MultiplierAssignment.AxFpm),
        Gallery("DeepFool, nearest", DeepFool.Foolbox24, MultiplierAssignment.Exact, MultiplierAssignment.AxFpm),
        Gallery("PGD, ε = 0.1, on Ax-FPM", new Pgd(0.1) { Restarts = 1 }, MultiplierAssignment.AxFpm, MultiplierAssignment.Exact),
    ];

    /// <summary>The examples of the galleries that are done.</summary>
    /// <param name="context">The run, with the folder of the results.</param>
    public static IReadOnlyList<AdversarialExample> Examples(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var examples = new List<AdversarialExample>();
        foreach (GalleryUnit unit in Galleries.Where(context.IsDone))
        {
            Dataset data = context.Data(unit.DatasetName);
            foreach (GalleryRow row in context.Result(unit))
            {
                examples.Add(new AdversarialExample
                {
                    Clean = row.Clean,
                    Adversarial = row.Adversarial,
                    Channels = data.Channels,
                    Height = data.Height,
                    Width = data.Width,
                    Attack = unit.Caption,
                    Label = data.Classes[row.Label],
                    L2 = row.L2,
                    Predictions =
                    [
                        Prediction(unit.Source, row.SourceClass, row.SourceConfidence),
                        Prediction(unit.Other, row.OtherClass, row.OtherConfidence),
                    ],
                });

                ExamplePrediction Prediction(ModelVariant variant, int predicted, double confidence)
                {
                    string text = predicted < 0
                        ? "no answer"
                        : $"{data.Classes[predicted]}, {NumberText.Of(confidence, NumberFormat.Percent)}";
                    return new ExamplePrediction(variant.Title, text, predicted == row.Label);
                }
            }
        }

        return examples;
    }

    /// <summary>Judges the experiments whose units are all done.</summary>
    /// <param name="experiments">The experiments; those that the scale leaves out are skipped.</param>
    /// <param name="scale">Sets the data sets and the numbers of images and steps.</param>
    /// <param name="context">The run, with the folder of the results.</param>
    /// <param name="run">The program and the machine of the judgement.</param>
    public static RunResults Judge(IEnumerable<Experiment> experiments, Scale scale, RunContext context, RunInfo run)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(scale);
        return new RunResults(scale.Name, context.Seed, run,
        [
            .. experiments
                .Where(experiment => experiment.IsIn(scale))
                .Where(experiment => experiment.Units(scale).All(unit => context.CanRun(unit) && context.IsDone(unit)))
                .Select(experiment => experiment.Judge(scale, context)),
        ]);
    }

    static GalleryUnit Gallery(string caption, IAttack<IGradientVictim> attack, MultiplierAssignment source, MultiplierAssignment other) =>
        new(attack, caption, "digits", new ModelVariant("lenet5-digits", source), new ModelVariant("lenet5-digits", other), Examples: 4);
}
