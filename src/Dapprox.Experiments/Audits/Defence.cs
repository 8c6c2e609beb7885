using Dapprox.Experiments.Runs;
using Dapprox.Foundation;
using Dapprox.Networks.Data;

namespace Dapprox.Experiments.Audits;

/// <summary>
/// What is audited: a network on approximate multipliers, or several of which one answers each image, drawn at random for each
/// (a randomised, moving-target defence).
/// </summary>
/// <param name="Name">Its name for a reader.</param>
/// <param name="Images">The images that it is audited on.</param>
/// <param name="Members">The network, or all that it is drawn from; same model.</param>
public sealed record Defence(string Name, Dataset Images, params IReadOnlyList<ModelVariant> Members)
{
    const ulong DrawPurpose = 12;

    /// <summary>The name of the data set, or of the folder of a user's own pictures.</summary>
    public string DatasetName => Images.Name;

    /// <summary>Whether there are images to train on, which a user's own pictures have not.</summary>
    public bool HasTrainingImages { get; init; } = true;

    /// <summary>The undefended network: the same weights, exact.</summary>
    public ModelVariant Exact => Members[0] with { Assignment = MultiplierAssignment.Exact, Label = null };

    /// <summary>Whether it changes from image to image.</summary>
    public bool IsRandom => Members.Count > 1;

    /// <summary>A member under a name of its own, beside the controls.</summary>
    internal static ModelVariant Named(ModelVariant member) => member with { Label = $"defence {member.Title}" };

    /// <summary>The member that answers an image.</summary>
    /// <param name="image">The image's place.</param>
    /// <param name="seed">The seed of the run.</param>
    internal ModelVariant Answering(int image, ulong seed) =>
        IsRandom ? Members[new CounterRandom(seed, (ulong)image, DrawPurpose).NextInt32(Members.Count)] : Members[0];
}
