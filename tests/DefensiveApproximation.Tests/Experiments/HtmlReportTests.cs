using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using DefensiveApproximation.Experiments;
using DefensiveApproximation.Experiments.Figures;
using DefensiveApproximation.Experiments.Reports;
using Xunit;

namespace DefensiveApproximation.Tests.Experiments;

public partial class HtmlReportTests
{
    static readonly Lazy<string> Page = new(() => HtmlReport.Write(
        Runs.Small, Runs.Info, AdversarialGrid.Draw(Runs.Small.Examples), NoiseFigure.Draw(Runs.Small.Noise)));

    [Fact]
    public void Write_HasAllSections_LimitationsFirst() => Assert.Equal(
        ["limitations", "findings", "accuracy", "attacks", "multipliers", "run"],
        SectionTag().Matches(Page.Value).Select(match => match.Groups[1].Value));

    [Fact]
    public void Write_EveryPicture_IsInsideAndDescribed()
    {
        string[] images = ImageTag().Matches(Page.Value).Select(match => match.Value).ToArray();

        Assert.Equal(2, images.Length);
        Assert.All(images, image =>
        {
            Assert.Contains("src=\"data:image/png;base64,", image, StringComparison.Ordinal);
            Assert.Matches("alt=\"[^\"]{40,}\"", image);
        });
    }

    [Fact]
    public void Write_AsksForNothingOutside()
    {
        Assert.DoesNotMatch("(?i)https?://|<script|<link[^>]+href=\"(?!data:)|@import|url\\(", Page.Value);
        Assert.Contains("prefers-color-scheme: dark", Page.Value, StringComparison.Ordinal);
        Assert.Contains("@media print", Page.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_EscapesWhatItIsGiven()
    {
        Assert.Contains("--out &lt;somewhere&gt;", Page.Value, StringComparison.Ordinal);
        Assert.Contains("A processor &amp; more", Page.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_EveryElementThatOpens_Closes()
    {
        var open = new Stack<string>();
        foreach (Match match in AnyTag().Matches(Page.Value))
        {
            string name = match.Groups["name"].Value;
            if (name is "meta" or "link" or "img" || match.Value.EndsWith("/>", StringComparison.Ordinal) || match.Value.StartsWith("<!", StringComparison.Ordinal))
                continue;
            if (match.Groups["close"].Length > 0)
                Assert.Equal(open.Pop(), name);
            else
                open.Push(name);
        }

        Assert.Empty(open);
    }

    [Fact]
    public void Write_ShowsEveryRecord()
    {
        ReproductionResult result = Runs.Small.Result;

        Assert.All(result.Findings, finding => Assert.Contains(Html.Text(finding.Sentence), Page.Value, StringComparison.Ordinal));
        Assert.All(result.Accuracies, row => Assert.Contains(Html.Interval(row.Accuracy), Page.Value, StringComparison.Ordinal));
        Assert.All(result.Attacks, row => Assert.Contains(Html.IntervalWithBar(row.Transfers[0].Transfer), Page.Value, StringComparison.Ordinal));
        Assert.All(result.Metrics, metric => Assert.Contains(Html.Number(metric.WorstAbsolute.Error), Page.Value, StringComparison.Ordinal));
    }

    [Fact]
    public void Save_WritesAllFiles_AndJsonThatReadsBack()
    {
        using var folder = new TemporaryFolder();

        ReportFiles files = ReportFiles.Save(folder.Path, Runs.Small, Runs.Info);

        Assert.Equal(4, Directory.GetFiles(folder.Path).Length);
        Assert.Equal(Page.Value, File.ReadAllText(files.Report));
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(files.Results));
        JsonElement first = json.RootElement.GetProperty("results").GetProperty("accuracies")[0];
        Assert.Equal(Runs.Small.Result.Accuracies[0].Accuracy.Count, first.GetProperty("accuracy").GetProperty("count").GetInt32());
        Assert.Equal("dapprox reproduce --out <somewhere>", json.RootElement.GetProperty("run").GetProperty("commandLine").GetString());
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Report_OpenedInABrowser_LogsNoError()
    {
        string? browser = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);
        Assert.SkipWhen(browser is null, "Neither chromium nor google-chrome is on the PATH.");
        using var folder = new TemporaryFolder();
        ReportFiles files = ReportFiles.Save(folder.Path, Runs.Small, Runs.Info);

        var start = new ProcessStartInfo(browser)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--enable-logging=stderr",
                $"--user-data-dir={Path.Combine(folder.Path, "profile")}", "--dump-dom", new Uri(Path.GetFullPath(files.Report)).AbsoluteUri,
            },
        };
        using Process process = Process.Start(start)!;
        Task<string> log = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string document = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, process.ExitCode);
        Assert.Contains("id=\"run\"", document, StringComparison.Ordinal);
        // What pages log is marked CONSOLE; the rest is the browser talking of itself.
        Assert.DoesNotContain("CONSOLE", await log, StringComparison.Ordinal);
    }

    [GeneratedRegex("<section id=\"([a-z]+)\"")]
    private static partial Regex SectionTag();

    [GeneratedRegex("<img [^>]*>")]
    private static partial Regex ImageTag();

    [GeneratedRegex("<(?<close>/?)(?<name>[a-z0-9!]+)[^>]*>")]
    private static partial Regex AnyTag();
}
