using Dapprox.Benchmarks.Oracle;
using Dapprox.Tests.Layers;
using TorchSharp;
using Xunit;

namespace Dapprox.Tests.Oracle;

public class LibTorchTests
{
    [Fact]
    public void Load_FromManyThreadsAndAgain_MakesTensorsWork()
    {
        Torch.Load();
        Parallel.For(0, 16, _ => LibTorch.Load());

        using torch.Tensor left = torch.tensor(new float[] { 1, 2, 3, 4 }, [2, 2]);
        using torch.Tensor right = torch.tensor(new float[] { 5, 6, 7, 8 }, [2, 2]);
        using torch.Tensor product = torch.mm(left, right);
        Assert.Equal([19, 22, 43, 50], product.data<float>().ToArray());
    }
}
