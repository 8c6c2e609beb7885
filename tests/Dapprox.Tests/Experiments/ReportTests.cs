using System.Text;
using System.Text.RegularExpressions;
using Dapprox.Arithmetic;
using Dapprox.Experiments.Figures;
using Dapprox.Experiments.Paper;
using Dapprox.Experiments.Reports;
using Dapprox.Experiments.Results;
using Dapprox.Foundation;
using Xunit;

namespace Dapprox.Tests.Experiments;

[Collection(nameof(Runs))]
public partial class ReportTests(RunsFixture fixture)
{
    ReportSource Source => fixture.Value.Source;

    string Page => fixture.Value.Page;

    [Fact]
    public void Html_HasAllSections_TheAnswerFirst_LimitationsLast() => Assert.Equal(
        ["answer", .. AllExperiments.List.Select(experiment => experiment.Id), "audit", "multiplier", "gallery", "run", "limitations"],
        SectionTag().Matches(Page).Select(match => match.Groups[1].Value));

    [FactOf(Tier.Ci)]
    public void Html_EveryPicture_IsInsideAndDescribed()
    {
        string[] images = ImageTag().Matches(Page).Select(match => match.Value).ToArray(),
            figures = FigureTag().Matches(Page).Select(match => match.Value).ToArray();

        int plots = Source.Experiments.Sum(row => (row.Here?.Plots.Count ?? 0) + (row.Shipped?.Plots.Count ?? 0))
            + ResultsJson.ShippedAudits.Sum(audit => audit.Plots.Count);
        Assert.Equal(plots + Source.Answer.Plots.Count, figures.Length);
        Assert.Equal(Reproduction.Galleries.Count, images.Length);
        Assert.All(figures, figure => Assert.Matches("aria-label=\"[^\"]{40,}\"", figure));
        Assert.All(images, image =>
        {
            Assert.Matches("src=\"data:image/png;base64,", image);
            Assert.Matches("alt=\"[^\"]{40,}\"", image);
        });
    }

    [Fact]
    public void Html_EveryPictureDefinesItsOwnNames() =>
        Assert.Equal(IdAttribute().Count(Page), IdAttribute().Matches(Page).Select(match => match.Value).Distinct().Count());

    [Fact]
    public void Html_IsNoLongerThanAPageMayBe() => Assert.InRange(Encoding.UTF8.GetByteCount(Page), 0, 4_000_000);

    [Fact]
    public void Html_AsksForNothingOutside()
    {
        Assert.DoesNotMatch("(?i)https?://|<script[^>]+src|<link[^>]+href=\"(?!data:)|@import|url\\((?!#)", Page);
        Assert.Contains("prefers-color-scheme: dark", Page, StringComparison.Ordinal);
        Assert.Contains("@media print", Page, StringComparison.Ordinal);
    }

    [Fact]
    public void Html_EscapesWhatItIsGiven()
    {
        Assert.Contains("--out &lt;somewhere&gt;", Page, StringComparison.Ordinal);
        Assert.Contains("A processor &amp; more", Page, StringComparison.Ordinal);
    }

    [Fact]
    public void Html_EveryElementThatOpens_Closes()
    {
        var open = new Stack<string>();
        foreach (Match match in AnyTag().Matches(Page))
        {
            string name = match.Groups["name"].Value;
            if (name is "meta" or "link" or "img" or "br" or "input" || match.Value.EndsWith("/>", StringComparison.Ordinal)
                || match.Value.StartsWith("<!", StringComparison.Ordinal))
                continue;
            if (match.Groups["close"].Length > 0)
                Assert.Equal(open.Pop(), name);
            else
                open.Push(name);
        }

        Assert.Empty(open);
    }

    [Fact]
    public void Html_ShowsEveryCellAndFinding()
    {
        Assert.All(Source.Results.Results, result => Assert.Contains(Html.Text(result.Finding), Page, StringComparison.Ordinal));
        Assert.All(Cells(), cell => Assert.Contains(Html.Cell(cell), Page, StringComparison.Ordinal));
    }

    [Fact]
    public void Markdown_ShowsEveryCellAndFinding()
    {
        string text = MarkdownReport.Write(Source);

        Assert.All(Source.Results.Results, result => Assert.Contains(result.Finding, text, StringComparison.Ordinal));
        Assert.All(Cells(), cell => Assert.Contains(NumberText.Line(cell), text, StringComparison.Ordinal));
    }

    IEnumerable<ResultCell> Cells() =>
        Source.Results.Results.SelectMany(result => result.Tables).SelectMany(table => table.Rows).SelectMany(row => row);

    [Fact]
    public void Save_WritesAllFiles()
    {
        using var folder = new TemporaryFolder();

        ReportFolder.Save(folder.Path, Source);

        Assert.Equal(Page, File.ReadAllText(Path.Combine(folder.Path, ReportFolder.Page)));
        Assert.Equal(ResultsJson.Write(Source.Results), File.ReadAllText(Path.Combine(folder.Path, ReportFolder.Results)));
        string[] linked = [
            .. FigureLink().Matches(Page).Concat(
                FigureLink().Matches(File.ReadAllText(Path.Combine(folder.Path, ReportFolder.Text)))).Select(link => link.Groups[1].Value)];
        Assert.NotEmpty(linked);
        Assert.All(linked, link => Assert.True(File.Exists(Path.Combine(folder.Path, link)), link));
    }

    [Fact]
    public void Csv_HasAllPoints()
    {
        var plot = new PlotData(
            "name", "title", PlotKind.Lines, "x", "y",
            [new Series("one, two", [1, 2], [3, double.NaN])])
        { Paper = [new PaperMark("paper", 4, null)] };

        Assert.Equal("series,x,y,low,high,value\n\"one, two\",1,3,,,\n\"one, two\",2,,,,\npaper,4,,,,\n", ResultFigure.Csv(plot));
    }

    [Theory]
    [InlineData(0.9936, NumberFormat.Percent, "99.36 %")]
    [InlineData(0.74, NumberFormat.Percent, "74 %")]
    [InlineData(-0.0025, NumberFormat.Number, "−0.0025")]
    [InlineData(0.000012, NumberFormat.Number, "1.2e−5")]
    [InlineData(4000.0, NumberFormat.Number, "4,000")]
    [InlineData(null, NumberFormat.Number, "–")]
    public void NumberText_IsShort(double? value, NumberFormat format, string expected) =>
        Assert.Equal(expected, NumberText.Of(value, format));

    [FactOf(Tier.Ci)]
    public async Task Html_InABrowser_LoadsAllPictures_AndLogsNothing()
    {
        // Pictures that did not load have no width of their own.
        (string document, string log) = await Browse(
            "document.title = 'broken: ' + [...document.images].filter(image => !image.naturalWidth).length");

        Assert.Contains("id=\"run\"", document, StringComparison.Ordinal);
        Assert.Contains("<title>broken: 0</title>", document, StringComparison.Ordinal);
        // What pages log is marked CONSOLE; the rest is the browser talking of itself.
        Assert.DoesNotContain("CONSOLE", log, StringComparison.Ordinal);
    }

    [FactOf(Tier.Ci)]
    public async Task Html_Product_HasTheBitsOfTheDefinition()
    {
        var random = new CounterRandom(seed: 1);
        uint[] edges = [
            0, 0x8000_0000, 1, 0x0080_0000, 0x03AA_2424, 0x03AA_2425, 0x3F80_0000, 0xBF80_0001, 0x7F7F_FFFF, 0x7F80_0000, 0xFF80_0000,
            0x7FC0_0000];
        (uint A, uint B)[] pairs =
        [
            .. edges.SelectMany(a => edges.Select(b => (a, b))),
            .. Enumerable.Range(0, 300).Select(_ => (random.NextUInt32(), random.NextUInt32())),
            .. Enumerable.Range(0, 300).Select(
                _ => (
                    BitConverter.SingleToUInt32Bits((float)random.NextNormal()),
                    BitConverter.SingleToUInt32Bits((float)random.NextNormal()))),
        ];
        foreach (FloatMultiplier multiplier in (FloatMultiplier[])[ExactMultiplier.Rounded, AxFpm.Released, Ama5Flat.Instance])
        {
            string[] expected =
            [
                .. pairs
                    .Select(pair => multiplier.Multiply(BitConverter.UInt32BitsToSingle(pair.A), BitConverter.UInt32BitsToSingle(pair.B)))
                    .Select(product => $"{BitConverter.SingleToUInt32Bits(product):x}"),
            ];

            (
                string document,
                _) = await Browse($"document.title = [{string.Join(',', pairs.Select(pair => $"[{pair.A},{pair.B}]"))}].map(([a, b]) => "
                    + $"dapprox.multiply('{multiplier.Name}', a, b).toString(16))");

            Assert.Equal(expected, TitleTag().Match(document).Groups[1].Value.Split(','));
        }
    }

    [FactOf(Tier.Ci)]
    public async Task Html_Tools_Work()
    {
        (string document, _) = await Browse("""
            const slider = document.querySelector('.scale input');
            slider.value = slider.max;
            slider.dispatchEvent(new Event('input'));
            const table = document.querySelector('#audit .sort').closest('table'), first = () => table.tBodies[0].rows[0].cells[0].textContent;
            const before = [...table.tBodies[0].rows].map(row => row.cells[0].textContent);
            table.querySelector('.sort').click();
            const up = first();
            table.querySelector('.sort').click();
            const choice = document.querySelector('.multiplication select'), lit = () => document.querySelectorAll('.cells .lit').length;
            const approximate = lit();
            choice.value = 'exact';
            choice.dispatchEvent(new Event('input'));
            before.sort((x, y) => x.localeCompare(y, undefined, { numeric: true }));
            document.title = [document.querySelector('.scale output').textContent.split(',')[0], up === before[0], first() === before.at(-1), approximate < lit(), document.querySelectorAll('.cells .lost').length].join('|');
            """);

        Series approximate = Source.Answer.Plots[0].Series[0];
        Assert.Equal(
            $"k = 2: Ax-FPM {NumberText.Of(Math.Round(approximate.Y[^1] / 100, 3), NumberFormat.Percent)}|true|true|true|0",
            TitleTag().Match(document).Groups[1].Value);
    }

    [FactOf(Tier.Ci)]
    public async Task Html_WithoutScripts_IsComplete()
    {
        // Where scripts are switched off altogether, Chromium cannot print the page either.
        string forbidding = Page.Replace(
            "<meta charset=\"utf-8\">",
            "<meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\" content=\"script-src 'none'\">",
            StringComparison.Ordinal);

        (string document, string log) = await Browser.BrowseAsync(forbidding, "document.title = 'scripts run'", []);

        Assert.DoesNotContain("scripts run", TitleTag().Match(document).Groups[1].Value, StringComparison.Ordinal);
        // The browser complains of the scripts that it may not run, and of nothing else.
        Assert.All(
            log.Split('\n').Where(line => line.Contains("CONSOLE", StringComparison.Ordinal)),
            line => Assert.Contains("Content Security Policy", line, StringComparison.Ordinal));
        Assert.Equal(SectionTag().Matches(Page).Select(match => match.Value), SectionTag().Matches(document).Select(match => match.Value));
        // What cannot work is not shown.
        Assert.Equal(2, HiddenTool().Count(document));
        Assert.DoesNotContain("class=\"sort\"", document, StringComparison.Ordinal);
    }

    [TheoryOf(Tier.Ci)]
    [InlineData("1200,900")]
    [InlineData("390,844")]
    [InlineData("1200,900", "--force-dark-mode", "--blink-settings=preferredColorScheme=0")]
    public async Task Html_PassesAxe(string window, params string[] arguments)
    {
        (string title, _) = await Browser.PassAxeAsync(Page, window, arguments);

        Assert.True(title == "axe: []", title);
    }

    Task<(string Document, string Log)> Browse(string script, params string[] arguments) =>
        Browser.BrowseAsync(Page, script, arguments);

    [GeneratedRegex("<div class=\"(scale|multiplication) tool\" hidden")]
    private static partial Regex HiddenTool();

    [GeneratedRegex("<section id=\"([a-z0-9-]+)\"")]
    private static partial Regex SectionTag();

    [GeneratedRegex("<title>(.*?)</title>", RegexOptions.Singleline)]
    private static partial Regex TitleTag();

    [GeneratedRegex("<img [^>]*>")]
    private static partial Regex ImageTag();

    [GeneratedRegex("<(?<close>/?)(?<name>[a-z0-9!]+)[^>]*>")]
    private static partial Regex AnyTag();

    [GeneratedRegex("<svg viewBox=\"0 0 520 380\"[^>]*>")]
    private static partial Regex FigureTag();

    [GeneratedRegex(" id=\"[^\"]+\"")]
    private static partial Regex IdAttribute();

    [GeneratedRegex("""(?:\]\(|href=")(figures/[^)"]+)""")]
    private static partial Regex FigureLink();
}
