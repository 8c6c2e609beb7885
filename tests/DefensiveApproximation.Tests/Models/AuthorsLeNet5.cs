using DefensiveApproximation.Networks;
using DefensiveApproximation.Networks.Data;
using DefensiveApproximation.Networks.Models;
using DefensiveApproximation.Tests.Data;

namespace DefensiveApproximation.Tests.Models;

/// <summary>The network that the paper's authors released, and the images it was tested on; both come from outside.</summary>
static class AuthorsLeNet5
{
    public static Network Load() => TrainedModels.Load(Path.Combine(DataFolder.Reference, "lenet5-authors.safetensors"));

    public static Dataset Mnist() => Datasets.Load("mnist", Split.Test, DataFolder.With("mnist"));
}
