using Dapprox.Foundation;
using Dapprox.Networks.Attacks;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Victims;
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
    [InlineData(Access.Labels, "boundary", "hopskipjump", "noise")]
    [InlineData(Access.Scores, "lsa", "square")]
    [InlineData(Access.Gradients, "fgsm", "pgd", "jsma", "cw", "deepfool", "apgd", "fab", "mi-fgsm", "autoattack")]
    public void Access_IsWhatTheTypeOfTheAttackSays(Access access, params string[] names) =>
        Assert.Equal(names, AttackCatalogue.All.Where(entry => entry.Access == access).Select(entry => entry.Name));

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
        var settings = new AttackSettings { Starts = new StartImages([[0.5f]]) };

        Assert.Single(Starts(settings));
        Assert.Empty(Starts(settings with { Preset = AttackPreset.Foolbox24 }));
        Assert.Single(Starts(settings with { Preset = AttackPreset.Foolbox24, IsTargeted = true }));

        static IReadOnlyList<float[]> Starts(AttackSettings settings) => ((HopSkipJump)AttackCatalogue.HopSkipJump.Create(settings)).Starts;
    }

    [Fact]
    public void Create_WithSettingsThatExcludeEachOther_IsRefused()
    {
        AttackOption targets = AttackCatalogue.Fab.Options.Single(option => option.Name == "targets");
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
