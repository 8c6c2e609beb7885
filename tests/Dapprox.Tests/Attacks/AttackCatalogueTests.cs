using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Attacks;

public class AttackCatalogueTests
{
    static readonly double[] Numbers =
    [
        double.NegativeInfinity, -2, -1, -0.5, 0, 1e-3, 0.02, 0.5, 1, 2, 1e10, 1e11, double.PositiveInfinity, double.NaN,
    ];

    public static TheoryData<string> Names => [.. AttackCatalogue.All.Select(entry => entry.Name)];

    [Fact]
    public void All_HasEveryAttackOfTheLibrary()
    {
        IEnumerable<Type> types = typeof(IAttack<>).Assembly.GetTypes()
            .Where(type => type.IsClass && type.GetInterfaces().Any(
                one => one.IsGenericType && one.GetGenericTypeDefinition() == typeof(IAttack<>)));

        Assert.Equal(types.ToHashSet(), AttackCatalogue.All.Select(entry => Make(entry, entry.Presets[0]).GetType()).ToHashSet());
        Assert.Equal(AttackCatalogue.All.Count, AttackCatalogue.All.Select(entry => entry.Name).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Access_IsWhatTheTypeOfTheAttackSays(string name)
    {
        AttackEntry entry = AttackCatalogue.Find(name);

        Type victim = Make(entry, entry.Presets[0]).GetType().GetInterfaces()
            .Single(one => one.IsGenericType && one.GetGenericTypeDefinition() == typeof(IAttack<>)).GetGenericArguments()[0];
        Assert.Equal(
            victim == typeof(ILabelVictim) ? Access.Labels : victim == typeof(IScoreVictim) ? Access.Scores : Access.Gradients,
            entry.Access);
    }

    [Fact]
    public void All_BeginsWithTheAttacksOfThePaper() => Assert.Equal(
        ["fgsm", "pgd", "jsma", "cw", "deepfool", "lsa", "boundary", "hopskipjump"],
        AttackCatalogue.All.Take(8).Select(entry => entry.Name));

    /// <summary>What every attack promises, whatever it does.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void EveryAttack_StaysInRangeAndBudget_AndTellsTheTruth(string name)
    {
        const double Epsilon = 0.2;
        const long MaxQueries = 300;
        AttackEntry entry = AttackCatalogue.Find(name);
        var victim = new NetworkVictim(SmallNetwork.Create(AxFpm.Released, threads: 1));
        (Tensor images, int[] labels) = SmallNetwork.Images(victim, 6, 1);
        float[] before = (float[])images.Data.Clone();
        foreach (AttackPreset preset in entry.Presets)
        {
            IAttack<IGradientVictim> attack = entry.Create(
                new AttackSettings { Preset = preset, Epsilon = entry.Budget == AttackBudget.None ? null : Epsilon });

            AttackRecord[] records = Run(), again = Run();

            Assert.Equal(before, images.Data);
            Assert.Equal(records.Select(record => record.Adversarial), again.Select(record => record.Adversarial));
            for (int i = 0; i < records.Length; i++)
            {
                AttackRecord record = records[i];
                Assert.All(record.Adversarial, pixel => Assert.InRange(pixel, 0f, 1f));
                Assert.InRange(record.Queries, 0, MaxQueries);
                if (attack.Epsilon is double epsilon)
                    Assert.InRange(record.Distances.In(attack.Norm), 0, epsilon);
                int prediction = Scores.Label(victim.Logits(new Tensor(record.Adversarial, [1, .. images.Shape[1..]])).Data);
                Assert.Equal(record.CleanCorrect && prediction != labels[i], record.Success);
            }

            AttackRecord[] Run() => AttackRunner.Run(attack, victim, images, labels, seed: 1, maxQueries: MaxQueries);
        }
    }

    [Fact]
    public void Create_OfAPreset_IsTheRecordWithThoseSettings()
    {
        Assert.Equal(new DeepFool(), Make(AttackCatalogue.DeepFool, AttackPreset.Strong));
        Assert.Equal(DeepFool.Foolbox24, Make(AttackCatalogue.DeepFool, AttackPreset.Foolbox24));
        Assert.Equal(
            Pgd.MomentumFgsmFoolbox24 with { Epsilon = 0.25 },
            AttackCatalogue.MomentumFgsm.Create(new AttackSettings { Preset = AttackPreset.Foolbox24, Epsilon = 0.25 }));
        Assert.Equal(new Pgd(), AttackCatalogue.Pgd.Create(new AttackSettings()));
        Assert.Throws<ArgumentException>(() => Make(AttackCatalogue.Apgd, AttackPreset.Foolbox24));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Norms_BeginWithThatOfTheAttack(string name)
    {
        AttackEntry entry = AttackCatalogue.Find(name);

        Assert.Equal(Make(entry, AttackPreset.Strong).Norm, entry.Norms[0]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Create_OfEachBudget_TakesWhatTheEntrySays(string name)
    {
        AttackEntry entry = AttackCatalogue.Find(name);
        var without = new AttackSettings();
        AttackSettings with = without with { Epsilon = 0.25 };

        if (entry.Budget == AttackBudget.Required)
            Assert.Throws<ArgumentException>(() => entry.Create(without));
        else
            Assert.Null(entry.Create(without).Epsilon);
        if (entry.Budget == AttackBudget.None)
            Assert.Throws<ArgumentException>(() => entry.Create(with));
        else
            Assert.Equal(0.25, entry.Create(with).Epsilon);
    }

    // The range is stated in the catalogue for whoever asks before, and in the record for whoever makes one.
    [Theory]
    [MemberData(nameof(Names))]
    public void Options_LegalValues_AreTakenByTheAttack_AndTheIntegerBelowIsRefused(string name)
    {
        AttackEntry entry = AttackCatalogue.Find(name);
        foreach (AttackPreset preset in entry.Presets)
        {
            IAttack<IGradientVictim> attack = Make(entry, preset);
            foreach (AttackOption option in entry.Options)
            {
                Assert.Equal(entry.Default(option, preset), option.Get(attack));
                object[] legal = option.Values switch
                {
                    IntegerValues integers => [integers.Min, integers.Min + 7],
                    NumberValues numbers => [.. Numbers.Where(number => double.IsFinite(number) && numbers.IsLegal(number))],
                    ChoiceValues choices => [.. choices.Choices.Select(choice => choice.Value)],
                    _ => [false, true],
                };

                Assert.NotEmpty(legal);
                Assert.All(legal, value => Assert.Equal(value, option.Get(option.With(attack, value))));
                if (option.Values is IntegerValues { Min: int min })
                    Assert.Throws<ArgumentOutOfRangeException>(() => option.With(attack, min - 1));
                if (option.Get(attack) is object own)
                    Assert.NotEmpty(option.Values.Text(own));
                else
                    Assert.NotEmpty(option.Unset);
            }
        }
    }

    [Fact]
    public void Create_WithStarts_GivesThemWhereNoiseAloneWillNotDo()
    {
        var settings = new AttackSettings { Starts = new GivenImages([[0.5f]]) };

        Assert.Single(Starts(settings));
        Assert.Empty(Starts(settings with { Preset = AttackPreset.Foolbox24 }));
        Assert.Single(Starts(settings with { Preset = AttackPreset.Foolbox24, IsTargeted = true }));

        static IReadOnlyList<float[]> Starts(AttackSettings settings) => ((HopSkipJump)AttackCatalogue.HopSkipJump.Create(settings)).Starts;
    }

    [Fact]
    public void Create_WithSettingsThatExcludeEachOther_IsRefused()
    {
        AttackOption targets = AttackCatalogue.Fab.Options.Single(option => option.Name == "boundaries");
        AttackOption restarts = AttackCatalogue.Pgd.Options.Single(option => option.Name == "restarts");
        var pgd = new AttackSettings { Preset = AttackPreset.Foolbox24, Values = new Dictionary<AttackOption, object> { [restarts] = 2 } };
        var fab = new AttackSettings { IsTargeted = true, Values = new Dictionary<AttackOption, object> { [targets] = 3 } };

        Assert.Throws<InputException>(() => AttackCatalogue.Pgd.Create(pgd));
        Assert.Throws<InputException>(() => AttackCatalogue.Fab.Create(fab));
        Assert.Equal(2, ((Pgd)AttackCatalogue.Pgd.Create(pgd with { Preset = AttackPreset.Strong })).Restarts);
        Assert.Equal(3, ((Fab)AttackCatalogue.Fab.Create(fab with { IsTargeted = false })).Targets);
    }

    static IAttack<IGradientVictim> Make(AttackEntry entry, AttackPreset preset) =>
        entry.Create(new AttackSettings { Preset = preset, Epsilon = entry.Budget == AttackBudget.Required ? 0.5 : null });
}
