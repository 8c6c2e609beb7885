using System.Security.Cryptography;
using System.Text;

namespace Dapprox.Experiments.Runs;

/// <summary>A part of an experiment that is computed at one go and kept as one file.</summary>
public abstract record WorkUnit
{
    const int HashDigits = 16;

    /// <summary>What is measured, one word: <c>attack</c>. Files of a kind have the same columns but for the networks tried on.</summary>
    public abstract string Kind { get; }

    /// <summary>Whatever decides the result, in words that differ where the result may.</summary>
    /// <param name="context">Knows the weights and images.</param>
    public abstract string Describe(RunContext context);

    /// <summary>The same for a reader, short.</summary>
    public abstract string Title { get; }

    /// <summary>The units whose results this one works on.</summary>
    public virtual IReadOnlyList<WorkUnit> Needs => [];

    /// <summary>The data set it needs; null for none.</summary>
    public virtual string? Dataset => null;

    /// <summary>About how many seconds it takes two cores, for the estimate of the time that is left.</summary>
    public abstract double Seconds { get; }

    /// <summary>How many times as long as one of LeNet-5 an image of a data set takes, about.</summary>
    private protected static double Effort(string dataset) => dataset.StartsWith("cifar", StringComparison.Ordinal) ? 4 : 1;

    /// <summary>Computes it; meanwhile it may write to its <see cref="RunFolder.Checkpoint"/>, and it goes on from there.</summary>
    /// <param name="context">Networks, images and the results of <see cref="Needs"/>.</param>
    /// <param name="progress">Told what further share of it is done.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public abstract Rows Run(RunContext context, Action<double> progress, CancellationToken cancellation);

    /// <summary>The name of its file: the kind, and the first digits of the SHA-256 of the description.</summary>
    /// <param name="context">Knows the weights and images.</param>
    public string FileName(RunContext context) =>
        $"{Kind}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Kind}: {Describe(context)}")))[..HashDigits]}.parquet";
}
