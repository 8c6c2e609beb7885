using DefensiveApproximation.Networks;
using DefensiveApproximation.Networks.Data;
using DefensiveApproximation.Networks.Models;
using Xunit;

namespace DefensiveApproximation.Tests.Models;

/// <summary>The network that the paper's authors released, and the images it was tested on; both come from outside.</summary>
static class AuthorsLeNet5
{
    public static string Reference
    {
        get
        {
            string? folder = Environment.GetEnvironmentVariable("DAPPROX_REFERENCE");
            Assert.SkipWhen(string.IsNullOrWhiteSpace(folder), "DAPPROX_REFERENCE names no folder with the authors' weights and logits.");
            return folder;
        }
    }

    public static Network Load() => TrainedModels.Load(Path.Combine(Reference, "lenet5-authors.safetensors"));

    public static Dataset Mnist()
    {
        string? folder = Datasets.Folder(null);
        Assert.SkipWhen(folder is null, "DAPPROX_DATA names no folder with the MNIST images.");
        return Datasets.Load("mnist", Split.Test, folder);
    }
}
