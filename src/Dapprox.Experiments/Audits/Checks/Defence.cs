using Dapprox.Experiments.Runs;
using Dapprox.Foundation;
using Dapprox.Networks.Data;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>
/// What is audited: a network on approximate multipliers, or a randomised (moving-target) defence, in which one of several networks is
/// drawn for each image.
/// </summary>
/// <param name="Name">The name of the defence for a reader.</param>
/// <param name="Images">The images on which it is audited.</param>
/// <param name="Members">The network, or all from which it is drawn; they have the same model.</param>
public sealed record Defence(string Name, Dataset Images, params IReadOnlyList<ModelVariant> Members)
{
    const ulong DrawPurpose = 12;

    /// <summary>The name of the data set, or of the folder of a user's own pictures.</summary>
    public string DatasetName => Images.Name;

    /// <summary>Whether the data set has training images; a user's own pictures have none.</summary>
    public bool HasTrainingImages { get; init; } = true;

    /// <summary>
    /// The network that it is compared with: the same weights on exact multipliers, floats also where the defence is quantised, unless
    /// another is given.
    /// </summary>
    public ModelVariant Undefended { get; init; } = Members[0] with
    {
        Assignment = MultiplierAssignment.Exact,
        CalibrationImages = 0,
        Quantisation = null,
        Label = null,
    };

    /// <summary>Whether the network is drawn for each image.</summary>
    public bool IsRandom => Members.Count > 1;

    /// <summary>A member with a title that differs from those of the controls.</summary>
    internal static ModelVariant Named(ModelVariant member) => member with { Label = $"defence {member.Title}" };

    /// <summary>The member that classifies an image.</summary>
    /// <param name="image">The position of the image in its data set.</param>
    /// <param name="seed">The seed of the run.</param>
    internal ModelVariant Answering(int image, ulong seed) =>
        IsRandom ? Members[new CounterRandom(seed, (ulong)image, DrawPurpose).NextInt32(Members.Count)] : Members[0];
}
