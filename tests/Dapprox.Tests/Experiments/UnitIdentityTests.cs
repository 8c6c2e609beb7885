using System.Globalization;
using Dapprox.Experiments.Runs;
using Dapprox.Experiments.Units;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Training;
using Xunit;

namespace Dapprox.Tests.Experiments;

/// <summary>
/// The canonical identity names the files of results. Where one of these texts changes, all results of that kind are computed again: the
/// files of committed results have to be renamed, or the change was an accident.
/// </summary>
public sealed class UnitIdentityTests : IDisposable
{
    static readonly ModelVariant Exact = new(
        "lenet5-digits", MultiplierAssignment.Exact), Approximate = Exact with { Assignment = MultiplierAssignment.AxFpm };

    static readonly TrainingOptions Options = new() { Epochs = 3, Seed = 2 };

    static readonly SubstituteUnit Substitute = new("substitute", "digits", "lenet5", Approximate, FirstImages: 40, Rounds: 1, Options);

    static readonly AttackUnit Attack = new(new Pgd(0.1) { Restarts = 1 }, "digits", Exact, Images: 7)
    {
        Estimator = GradientEstimator.GainMatched,
        TriedOn = [Approximate, Exact with { Perturbation = Perturbation.Gain }],
        CorrectOn = [new("lenet5", MultiplierAssignment.AxFpmConvolutions) { Training = Substitute }],
        ExtrapolationFactors = [1.5, 2],
    };

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    RunContext Context(ulong seed = 1) => new(new RunFolder(folder.Path), null, seed);

    static readonly WorkUnit[] OneOfEachKind =
    [
        Attack,
        new FeatureMapUnit("digits", Approximate, Image: 3),
        new GalleryUnit(new Fgsm(0.15), "FGSM, ε = 0.15", "digits", Exact, Approximate, Examples: 4),
        new GradientUnit("digits", Approximate, Images: 30, Estimated: 3),
        new HardwareUnit(2_000),
        new NoiseUnit("ax-fpm", "uniform01", 2_000_000),
        new PredictionsUnit("digits", Approximate, PerClass: 100),
        new ResponseUnit("ax-fpm", Trials: 200),
        new RetrainingUnit("another seed", "digits", "lenet5", Options, SecondsAnEpoch: 1),
        Substitute,
    ];

    [Fact]
    public void Identity_OfOneUnitOfEachKind_IsTheTextInTheFile() => Assert.Equal(
        File.ReadAllLines(Repository.Path("tests/Dapprox.Tests/Experiments/UnitIdentities.txt")),
        OneOfEachKind.Select(unit => unit.Identity(Context())));

    [Fact]
    public void OneOfEachKind_HasAllKinds() => Assert.Equal(
        typeof(WorkUnit).Assembly.GetTypes().Where(
            type => type.IsSubclassOf(typeof(WorkUnit)) && !type.IsAbstract).Select(type => type.Name).Order(),
        OneOfEachKind.Select(unit => unit.GetType().Name).Order());

    [Fact]
    public void Identity_OfWhatOnlyAReaderSees_IsTheSame() => Assert.All(
        new WorkUnit[]
        {
            Attack with { SecondsAnImage = 100 },
            Attack with { Source = Exact with { Label = "a label" } },
            Attack with { TriedOn = [.. Attack.TriedOn] },
            Attack with { CorrectOn = [Attack.CorrectOn[0] with { Training = Substitute with { Name = "another name" } }] },
        },
        unit => Assert.Equal(Attack.FileName(Context()), unit.FileName(Context())));

    [Fact]
    public void Identity_OfWhatDeterminesTheResult_Differs()
    {
        WorkUnit[] units =
        [
            Attack,
            Attack with { Attack = new Fgsm(0.1) },
            Attack with { Attack = new Pgd(0.1) { Restarts = 2 } },
            Attack with { Source = Approximate },
            Attack with { Source = Exact with { Perturbation = Perturbation.GainAndNoise } },
            Attack with { Source = Exact with { CalibrationImages = 512 } },
            Attack with { Source = Exact with { CalibrationImages = 100 } },
            Attack with { Images = 8 },
            Attack with { Estimator = null },
            Attack with { Estimator = GradientEstimator.Smoothed },
            Attack with { TriedOn = [] },
            Attack with { TriedOn = [.. Attack.TriedOn.Reverse()] },
            Attack with { CorrectOn = [] },
            Attack with { CorrectOn = [Attack.CorrectOn[0] with { Training = Substitute with { Rounds = 2 } }] },
            Attack with { TogetherWith = [Approximate] },
            Attack with { Targeted = true },
            Attack with { NoiseSamples = 8 },
            Attack with { ExtrapolationFactors = [1.5] },
        ];

        Assert.Distinct([.. units.Select(unit => unit.FileName(Context())), Attack.FileName(Context(seed: 2))]);
    }

    [Fact]
    public void CanonicalJson_SortsKeys_LeavesOutNull_AndWritesNumbersTheSameInAnyCulture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        try
        {
            CultureInfo.CurrentCulture = comma;
            Assert.Equal(
                """{"a":[1,0.1,1E-05,true],"b":{"type":"Inner","x":"é \"×\""},"c":"LInf"}""",
                CanonicalJson.Of(
                    new
                    {
                        C = Networks.Attacks.Geometry.Norm.LInf,
                        Z = (string?)null,
                        B = new Inner("é \"×\""),
                        A = new object[] { 1, 0.1, 1e-5, true }
                    },
                    _ => null));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        Assert.Equal("[\"one\",2]", CanonicalJson.Of(new object[] { 1, 2 }, value => value is 1 ? "one" : null));
        Assert.Throws<ArgumentException>(() => CanonicalJson.Of(double.NaN, _ => null));
    }

    sealed record Inner(string X);
}
