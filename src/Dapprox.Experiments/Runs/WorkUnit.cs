using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Data;

namespace Dapprox.Experiments.Runs;

/// <summary>
/// A part of an experiment that is computed in one piece and kept as one file. Its <see cref="Identity"/> names the file. Every public
/// property counts as a part of the identity unless it has a <see cref="JsonIgnoreAttribute"/>.
/// </summary>
public abstract record WorkUnit
{
    const int HashDigits = 16;

    /// <summary>What is measured, one word: <c>attack</c>. It is the table of the rows in SQL.</summary>
    [JsonIgnore]
    public abstract string Kind { get; }

    /// <summary>
    /// The number of the computation. It grows by one whenever units of this kind compute something else than before from the same
    /// properties, so that older results no longer stand for them.
    /// </summary>
    [JsonIgnore]
    public virtual int Schema => 1;

    /// <summary>What is computed, in a few words for a reader.</summary>
    [JsonIgnore]
    public abstract string Title { get; }

    /// <summary>The units whose results this one needs: those that train its networks.</summary>
    [JsonIgnore]
    public virtual IReadOnlyList<WorkUnit> Needs => [.. Variants.SelectMany(variant => variant.Needs).Distinct()];

    /// <summary>The name of its data set; null for none.</summary>
    [JsonIgnore]
    public virtual string? Dataset => null;

    /// <summary>An estimate of its time on two cores, in seconds, by which progress is weighted.</summary>
    [JsonIgnore]
    public abstract double Seconds { get; }

    /// <summary>The networks that it computes with.</summary>
    private protected virtual IReadOnlyList<ModelVariant> Variants => [];

    /// <summary>
    /// The images of <see cref="Dataset"/> that it computes with: the test images, and the training images where gains are measured.
    /// </summary>
    private protected virtual IReadOnlyList<Split> Splits =>
        Dataset is null ? []
            : Variants.Any(variant => variant.Measures) ? [Split.Test, Split.Train]
            : [Split.Test];

    /// <summary>An estimate of the time that an image of a data set takes, relative to an image of LeNet-5.</summary>
    private protected static double Effort(string dataset) =>
        Datasets.All.Any(definition => definition.Name == dataset && definition.Channels > 1) ? 4 : 1;

    /// <summary>
    /// Everything that determines the result, as canonical JSON: kind, schema, seed, images by fingerprint, and the properties of the
    /// unit, with networks by the fingerprints of their weights and circuits.
    /// </summary>
    /// <param name="context">The images, weights and seed of the run.</param>
    /// <exception cref="InputException">Images, weights or a circuit cannot be read.</exception>
    public string Identity(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        IReadOnlyList<Split> splits = Splits;
        var images = new { Test = Of(Split.Test), Train = Of(Split.Train) };
        return CanonicalJson.Of(new { Kind, Schema, context.Seed, Images = images, Unit = this }, value => value switch
        {
            ModelVariant variant => variant.Identity(context),
            GradientEstimator estimator => estimator.Name,
            _ => null,
        });

        object? Of(Split split) => splits.Contains(split) ? context.ImagesIdentity(Dataset!, split) : null;
    }

    /// <summary>The name of its file: the kind, and the first digits of the SHA-256 of the identity.</summary>
    /// <param name="context">The images, weights and seed of the run.</param>
    /// <exception cref="InputException">Images, weights or a circuit cannot be read.</exception>
    public string FileName(RunContext context) =>
        $"{Kind}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Identity(context))))[..HashDigits]}.parquet";

    /// <summary>Computes the result. A unit may keep a <see cref="RunFolder.Checkpoint"/> meanwhile, from which it continues.</summary>
    /// <param name="context">Networks, images and the results of <see cref="Needs"/>.</param>
    /// <param name="progress">Receives the fraction of the unit that was done since the last call.</param>
    /// <param name="cancellation">Stops the computation.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    internal abstract Rows Run(RunContext context, Action<double> progress, CancellationToken cancellation);
}

/// <summary>A work unit whose result is a list of records, one per row of its file.</summary>
/// <typeparam name="TRow">The record of a row, which <see cref="RowMapper{TRow}"/> maps to columns.</typeparam>
public abstract record WorkUnit<TRow> : WorkUnit
    where TRow : notnull
{
    /// <summary>The columns whose number and names depend on the unit.</summary>
    /// <param name="context">The images and weights of the run.</param>
    private protected virtual IReadOnlyList<ColumnFamily> Families(RunContext context) => [];

    /// <summary>Computes the rows. A unit may keep a <see cref="RunFolder.Checkpoint"/> meanwhile, from which it continues.</summary>
    /// <param name="context">Networks, images and the results of <see cref="WorkUnit.Needs"/>.</param>
    /// <param name="progress">Receives the fraction of the unit that was done since the last call.</param>
    /// <param name="cancellation">Stops the computation.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public abstract IReadOnlyList<TRow> Compute(RunContext context, Action<double> progress, CancellationToken cancellation);

    /// <summary>Maps its rows to the columns of its file.</summary>
    /// <param name="context">The images and weights of the run.</param>
    internal RowMapper<TRow> Mapper(RunContext context) => new(Families(context));

    internal sealed override Rows Run(RunContext context, Action<double> progress, CancellationToken cancellation) =>
        Mapper(context).ToRows(Compute(context, progress, cancellation));
}
