using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Layers;

public class WorkspaceTests
{
    [Fact]
    public void ReturnedMemory_IsLentAgain_OnceAndOnlyForItsLength()
    {
        var workspace = new Workspace();
        float[] first = [];
        workspace.Run(() =>
        {
            Tensor tensor = Tensor.Unfilled(2, 3);
            first = tensor.Data;
            Workspace.Return(tensor);
            // The same memory under another shape, as a layer that only reshapes leaves it.
            Workspace.Return(tensor.Reshape(6));
        });

        workspace.Run(() =>
        {
            Assert.NotSame(first, Workspace.Lend(7));
            Assert.Same(first, Workspace.Lend(6));
            Assert.NotSame(first, Workspace.Lend(6));
        });
    }

    [Fact]
    public void MemoryOfOthers_OrNotReturned_OrOutsideAPass_StaysWithWhoeverHasIt()
    {
        var workspace = new Workspace();
        var foreign = new Tensor(new float[4], 4);
        float[] kept = [];
        Workspace.Return(foreign);
        workspace.Run(() =>
        {
            kept = Workspace.Lend(4);
            Workspace.Return(foreign);
            Assert.NotSame(foreign.Data, Workspace.Lend(4));
        });

        workspace.Run(() => Assert.NotSame(kept, Workspace.Lend(4)));
        Assert.NotSame(Workspace.Lend(4), Workspace.Lend(4));
    }

    [Fact]
    public void SizesThatDoNotComeAgain_AreForgotten()
    {
        var workspace = new Workspace();
        float[] first = [];
        workspace.Run(() => Workspace.Return(new Tensor(first = Workspace.Lend(5), 5)));
        for (int pass = 0; pass < 20; pass++)
            workspace.Run(() => Workspace.Return(Tensor.Unfilled(6)));

        workspace.Run(() => Assert.NotSame(first, Workspace.Lend(5)));
    }
}
