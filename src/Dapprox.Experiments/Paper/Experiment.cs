using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Networks.Data;

namespace Dapprox.Experiments.Paper;

/// <summary>The images of an experiment.</summary>
public enum ImageDomain
{
    /// <summary>The experiment has no images.</summary>
    None,

    /// <summary>The paper's MNIST, or the substitute for it at the scale.</summary>
    Grey,

    /// <summary>The paper's CIFAR-10.</summary>
    Colour,
}

/// <summary>A table or figure of the paper: its units, and the judgement of their results.</summary>
/// <param name="id">The name on the command line: <c>table-2</c>.</param>
/// <param name="title">The subject, as a heading.</param>
/// <param name="reference">The table or figure of the paper: <c>table 2</c>.</param>
/// <param name="domain">The images that it needs.</param>
public abstract class Experiment(string id, string title, string reference, ImageDomain domain)
{
    /// <summary>The name on the command line.</summary>
    public string Id => id;

    /// <summary>The subject, as a heading.</summary>
    public string Title => title;

    /// <summary>The table or figure of the paper.</summary>
    public string Reference => reference;

    /// <summary>The images that it needs.</summary>
    public ImageDomain Domain => domain;

    /// <summary>The name of its data set; null where it needs none, or the scale leaves it out.</summary>
    /// <param name="scale">Names the data set of each domain.</param>
    public string? Dataset(Scale scale)
    {
        ArgumentNullException.ThrowIfNull(scale);
        return domain switch
        {
            ImageDomain.Grey => scale.Grey,
            ImageDomain.Colour => scale.Colour,
            _ => null,
        };
    }

    /// <summary>Whether a scale has it.</summary>
    /// <param name="scale">Names the data set of each domain.</param>
    public virtual bool IsIn(Scale scale) => domain == ImageDomain.None || Dataset(scale) is not null;

    /// <summary>The units whose results it judges.</summary>
    /// <param name="scale">Sets the data sets and the numbers of images and steps; a scale that has the experiment.</param>
    public abstract IReadOnlyList<WorkUnit> Units(Scale scale);

    /// <summary>
    /// Judges the results of its units. On a substitute for the paper's data set there is no verdict, because the paper has no numbers for
    /// it.
    /// </summary>
    /// <param name="scale">Sets the data sets and the numbers of images and steps; a scale that has the experiment.</param>
    /// <param name="context">The run, with the results of all units.</param>
    public ExperimentResult Judge(Scale scale, RunContext context)
    {
        ExperimentResult result = Conclude(scale, context);
        return domain != ImageDomain.Grey || scale.Grey == Scale.Standard.Grey ? result : result with
        {
            StandsFor = Scale.Standard.Grey,
            Rule = null,
            Tables =
            [
                .. result.Tables.Select(table => table with
                {
                    Rows = [.. table.Rows.Select(row => row.Select(cell => cell with { Verdict = null }).ToArray())],
                }),
            ],
            Claims = [.. result.Claims.Select(claim => claim with { Verdict = null })],
        };
    }

    /// <summary>Judges the results as those on the paper's data set.</summary>
    private protected abstract ExperimentResult Conclude(Scale scale, RunContext context);

    /// <summary>The name of the data set for a reader.</summary>
    private protected string DatasetTitle(Scale scale) => Datasets.Find(Dataset(scale)!).Title;

    /// <summary>A result without tables, plots and claims.</summary>
    private protected ExperimentResult Result(Scale scale, string finding, string? rule = null) => new()
    {
        Id = id,
        Title = title,
        Reference = reference,
        Dataset = Dataset(scale),
        Finding = finding,
        Rule = rule,
    };

    /// <summary>Whether a multiplier was found by a search for the paper's numbers, which therefore cannot be judged.</summary>
    private protected static bool IsSearched(string multiplier) => multiplier == MultiplierAssignment.HeapLike.Parts[0].Multiplier;

    /// <summary>A rule, and the numbers that it does not judge where one of the multipliers was found by a search.</summary>
    private protected static string RuleFor(string rule, IEnumerable<string> multipliers) => rule + (multipliers.Any(IsSearched)
        ? " heap-like was found by a search for HEAP’s errors, energy and delay, which are therefore not judged."
        : "");

    /// <summary>The network of the domain at a scale.</summary>
    private protected ModelVariant Variant(Scale scale, MultiplierAssignment assignment) =>
        new(Networks.Models.TrainedModels.For(Dataset(scale)!), assignment);

    /// <summary>
    /// The networks that are compared: exact; on Ax-FPM as it is, of which the paper speaks; and calibrated for Ax-FPM, which shows how
    /// much of a difference is that of parameters fitted to exact products.
    /// </summary>
    private protected ModelVariant[] Compared(Scale scale)
    {
        ModelVariant approximate = Variant(scale, MultiplierAssignment.AxFpm);
        return [Variant(scale, MultiplierAssignment.Exact), approximate, approximate.Calibrated()];
    }
}
