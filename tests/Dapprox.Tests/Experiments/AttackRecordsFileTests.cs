using Dapprox.Arithmetic;
using Dapprox.Experiments.Figures;
using Dapprox.Experiments.Runs;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Models;
using SkiaSharp;
using Xunit;

namespace Dapprox.Tests.Experiments;

public sealed class AttackRecordsFileTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Save_HasARowForEveryImageAndRun_AndTheSameBytesEachTime()
    {
        SavedAttack[] attacks = [Attack(0), Attack(0.3)];

        AttackRecordsFile.Save(folder.File("a.parquet"), attacks, ["ax-fpm", "it's \"quoted\""]);
        AttackRecordsFile.Save(folder.File("b.parquet"), attacks, ["ax-fpm", "it's \"quoted\""]);

        Assert.Equal(File.ReadAllBytes(folder.File("a.parquet")), File.ReadAllBytes(folder.File("b.parquet")));
        IEnumerable<string> expected = attacks.SelectMany(attack => attack.Outcome.Records.Select((record, i) =>
            $"fgsm|{attack.Epsilon}|{record.Image}|{record.Label}|{record.Target}|{record.Success}|{record.Reason}|{record.Distances.L2:R}|"
            + $"{record.QueriesToBest}|{attack.Outcome.Fooled[0][i]}"));
        Assert.Equal(
            expected,
            Parquet.Rows(
                folder.File("a.parquet"), "attack, epsilon, image, label, target, success, reason, l2, queries_to_best, \"fools_ax-fpm\""));
        Assert.Equal(12, Parquet.Rows(folder.File("a.parquet"), "psnr").Count(psnr => psnr == ""));
    }

    [Fact]
    public void Save_WhereNothingCanBeWritten_SaysSo()
    {
        var e = Assert.Throws<InputException>(() => AttackRecordsFile.Save(folder.Path, [Attack(0.1)], ["a", "b"]));

        Assert.Contains(folder.Path, e.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void CurveFigure_OfOnePoint_IsStillAPicture(bool isContinuous)
    {
        using SKBitmap picture = SKBitmap.Decode(CurveFigure.Draw("nothing found", "L2", [(0, 0.9)], isContinuous));

        Assert.Equal((1280, 800), (picture.Width, picture.Height));
    }

    static SavedAttack Attack(double epsilon)
    {
        Network exact = TrainedModels.Load("lenet5-digits");
        var attack = new Fgsm(epsilon);
        var campaign = new Campaign(Datasets.Load("digits", Split.Test).Slice(20, 12), exact)
        {
            TriedOn = [exact.With(AxFpm.Released), exact],
        };
        return new SavedAttack("fgsm", $"{attack}", "straight-through", epsilon, campaign.Run(attack).Worst);
    }
}
