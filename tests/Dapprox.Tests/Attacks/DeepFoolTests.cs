using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Data;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Attacks;

public class DeepFoolTests
{
    // What CleverHans asserts.
    [Fact]
    public void Run_OnTheAnalyticModel_FoolsMoreThanNineTenths()
    {
        Tensor images = AnalyticModelTests.Images();
        int[] labels = AnalyticModelTests.Victim.Labels(images);

        AttackRecord[] records = AttackRunner.Run(new DeepFool(), AnalyticModelTests.Victim, images, labels, 1);

        Assert.InRange(records.Count(record => record.Success) / (double)records.Length, 0.9, 1);
    }

    [Fact]
    public void Run_OnATrainedNetwork_FoolsEveryImageFromNearby()
    {
        Dataset digits = Datasets.Load("digits", Split.Test);
        var victim = new NetworkVictim(TrainedModels.Load("lenet5-digits"));

        AttackRecord[] records = AttackRunner.Run(new DeepFool(), victim, digits.Images(0, 10), digits.Labels.AsSpan(0, 10), 1);
        AttackRecord[] fgsm = AttackRunner.Run(new Fgsm(), victim, digits.Images(0, 10), digits.Labels.AsSpan(0, 10), 1);

        Assert.All(records.Where(record => record.CleanCorrect), record => Assert.True(record.Success));
        Assert.All(
            records.Zip(fgsm).Where(pair => pair.First.Success), pair => Assert.True(pair.First.Distances.L2 < pair.Second.Distances.L2));
    }

    [Fact]
    public void Run_OnTheBoundary_LeavesIt()
    {
        // Both logits are 0.5; the first of equals is the class.
        var victim = new RowVictim([1, 1, 2], 2, image => [image[0], image[1]], (_, back) => back);

        AttackRecord record = AttackRunner.Run(new DeepFool(), victim, new Tensor([0.5f, 0.5f], 1, 1, 1, 2), [0], 1)[0];

        Assert.True(record.Success);
        Assert.InRange(record.Distances.L2, 1e-6, 2e-4);
    }

    [Fact]
    public void Run_FewCandidates_AsksForTheirGradientsOnly()
    {
        var model = new LinearModel(3, 5);

        AttackRecord[] records = AttackRunner.Run(new DeepFool { Candidates = 3 }, model.Victim, model.Images, model.Labels, 1);

        Assert.All(records, record => Assert.Equal((0, true), (record.GradientCalls % 2, record.Success)));
    }

    [Fact]
    public void Run_AimedAtAClass_IsRefused()
    {
        var model = new LinearModel(3, 3);
        int[] targets = model.Labels.Select(label => (label + 1) % 3).ToArray();

        Assert.Throws<ArgumentException>(() => AttackRunner.Run(new DeepFool(), model.Victim, model.Images, model.Labels, 1, targets));
    }

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new DeepFool { Steps = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new DeepFool { Overshoot = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new DeepFool { Candidates = 1 });
    }
}
