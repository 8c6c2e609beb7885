using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Models;
using Dapprox.Tests.Data;

namespace Dapprox.Tests.Models;

/// <summary>The network that the paper's authors released, and the images it was tested on; both come from outside.</summary>
static class AuthorsLeNet5
{
    public static Network Load() => TrainedModels.Load(Path.Combine(DataFolder.Reference, "lenet5-authors.safetensors"));

    public static Dataset Mnist() => Datasets.Load("mnist", Split.Test, DataFolder.With("mnist"));
}
