using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Networks.Data;

namespace Dapprox.Experiments.Paper;

/// <summary>Which images an experiment is about.</summary>
public enum ImageDomain
{
    /// <summary>None.</summary>
    None,

    /// <summary>The paper's MNIST, or what stands for it.</summary>
    Grey,

    /// <summary>The paper's CIFAR-10.</summary>
    Colour,
}

/// <summary>A table or figure of the paper: what is computed for it, and what that says.</summary>
/// <param name="id">The name on the command line: <c>table-2</c>.</param>
/// <param name="title">What it is about.</param>
/// <param name="reference">Where in the paper: <c>table 2</c>.</param>
/// <param name="domain">Which images it is about.</param>
public abstract class Experiment(string id, string title, string reference, ImageDomain domain)
{
    /// <summary>The name on the command line.</summary>
    public string Id => id;

    /// <summary>What it is about.</summary>
    public string Title => title;

    /// <summary>Where in the paper.</summary>
    public string Reference => reference;

    /// <summary>Which images it is about.</summary>
    public ImageDomain Domain => domain;

    /// <summary>The data set at a scale; null where it needs none, or the scale has none for it.</summary>
    /// <param name="scale">The scale.</param>
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

    /// <summary>Whether it is computed at a scale at all.</summary>
    /// <param name="scale">The scale.</param>
    public bool IsIn(Scale scale) => domain == ImageDomain.None || Dataset(scale) is not null;

    /// <summary>What is computed for it.</summary>
    /// <param name="scale">At which scale; one that it is in.</param>
    public abstract IReadOnlyList<WorkUnit> Units(Scale scale);

    /// <summary>What the results of its units say. A stand-in for the paper's data set gets no verdict: its numbers are not the paper's.</summary>
    /// <param name="scale">At which scale.</param>
    /// <param name="context">Has the results.</param>
    public ExperimentResult Judge(Scale scale, RunContext context)
    {
        ExperimentResult result = Conclude(scale, context);
        return domain != ImageDomain.Grey || scale.Grey == Scale.Standard.Grey ? result : result with
        {
            StandsFor = Scale.Standard.Grey,
            Rule = null,
            Tables = [.. result.Tables.Select(table => table with { Rows = [.. table.Rows.Select(row => row.Select(cell => cell with { Verdict = null }).ToArray())] })],
            Claims = [.. result.Claims.Select(claim => claim with { Verdict = null })],
        };
    }

    /// <summary>The same, with the verdicts of the paper's data set.</summary>
    private protected abstract ExperimentResult Conclude(Scale scale, RunContext context);

    /// <summary>The data set's name for a reader.</summary>
    private protected string DatasetTitle(Scale scale) => Datasets.Find(Dataset(scale)!).Title;

    /// <summary>The result's frame.</summary>
    private protected ExperimentResult Result(Scale scale, string finding, string? rule = null) => new()
    {
        Id = id,
        Title = title,
        Reference = reference,
        Dataset = Dataset(scale),
        Finding = finding,
        Rule = rule,
    };

    /// <summary>Whether a multiplier was searched for by the paper's numbers of it, which are therefore no verdict on it.</summary>
    private protected static bool IsSearched(string multiplier) => multiplier == MultiplierAssignment.HeapLike.Parts[0].Multiplier;

    /// <summary>A rule, and what is not judged by it where one of the multipliers was searched for.</summary>
    private protected static string RuleFor(string rule, IEnumerable<string> multipliers) =>
        rule + (multipliers.Any(IsSearched) ? " heap-like was found by a search for HEAP’s errors, energy and delay, which are therefore not judged." : "");

    /// <summary>The network of the domain at a scale.</summary>
    private protected ModelVariant Variant(Scale scale, MultiplierAssignment assignment) =>
        new(Networks.Models.TrainedModels.For(Dataset(scale)!), assignment);
}
