using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Data;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Attacks;

public class AutoAttackTests
{
    [TheoryOf(Tier.Ci)]
    [InlineData(Norm.LInf, 0.06)]
    [InlineData(Norm.L2, 0.6)]
    public void Run_FoolsWhateverOneOfItsAttacksFools(Norm norm, double epsilon)
    {
        Dataset digits = Datasets.Load("digits", Split.Test);
        var victim = new NetworkVictim(TrainedModels.Load("lenet5-digits"));
        Tensor images = digits.Images(0, 5);
        int[] labels = digits.Labels[..5];

        AttackRecord[] all = Run(new AutoAttack(epsilon) { BallNorm = norm, Steps = 6, Queries = 100 });
        AttackRecord[] apgd = Run(new Apgd(epsilon) { BallNorm = norm, Steps = 6, Restarts = 1, StopsAtSuccess = true });
        AttackRecord[] fab = Run(new Fab { Epsilon = epsilon, BallNorm = norm, Steps = 6, Restarts = 1, Targets = 9 });

        Assert.InRange(all.Count(record => record.Success), 1, 4);
        Assert.All(all.Zip(apgd, fab), record => Assert.True(record.First.Success || !(record.Second.Success || record.Third.Success)));
        // What the first of them fools costs no more than that.
        Assert.All(all.Zip(apgd).Where(pair => pair.Second.Success), pair => Assert.Equal(pair.Second.Queries, pair.First.Queries));

        AttackRecord[] Run(IAttack<IGradientVictim> attack) => AttackRunner.Run(attack, victim, images, labels, 1);
    }

    // From scores alone, where no gradient is shown.
    [Fact]
    public void Run_VictimThatShowsNoGradient_IsFooledBySquare()
    {
        var model = new LinearModel(2, 4);
        var silent = new RowVictim(
            model.Victim.InputShape.ToArray(), 4, image => model.Victim.Logits(new Tensor(image, [1, .. model.Victim.InputShape])).Data,
            (image, _) => new float[image.Length]);

        AttackRecord[] records = AttackRunner.Run(new AutoAttack(0.5), silent, model.Images, model.Labels, 1);

        Assert.All(records, record => Assert.True(record.Success));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Run_FewClasses_UsesWhatIsDefined(int classes)
    {
        var model = new LinearModel(2, classes);

        AttackRecord[] records = AttackRunner.Run(new AutoAttack(0.4), model.Victim, model.Images, model.Labels, 1);
        AttackRecord[] hopeless = AttackRunner.Run(
            new AutoAttack(1e-3) { Steps = 5, Queries = 100 }, model.Victim, model.Images, model.Labels, 1);

        Assert.All(records, record => Assert.True(record.Success));
        Assert.All(hopeless, record => Assert.Equal((false, StopReason.BudgetSpent), (record.Success, record.Reason)));
    }

    [Fact]
    public void Run_AimedAtAClass_EndsThere()
    {
        var model = new LinearModel(2, 4);
        int[] targets = model.Labels.Select(label => (label + 1) % 4).ToArray();

        AttackRecord[] records = AttackRunner.Run(new AutoAttack(0.5), model.Victim, model.Images, model.Labels, 1, targets);

        Assert.All(records.Where(record => record.Success), record => Assert.Equal(record.Target, record.Prediction));
        Assert.Contains(records, record => record.Success);
    }
}
