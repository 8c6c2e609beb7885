using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Xunit;

namespace Dapprox.Tests.Experiments;

/// <summary>Opens a page in Chromium, without a window.</summary>
static partial class Browser
{
    /// <summary>Runs axe, which finds what makes a page inaccessible.</summary>
    /// <param name="content">The page.</param>
    /// <param name="window">The size of the window: width, height.</param>
    /// <param name="arguments">Further arguments of the browser.</param>
    /// <returns>The violations after "axe: ", and what the browser logged.</returns>
    public static async Task<(string Title, string Log)> PassAxeAsync(string content, string window, string[] arguments)
    {
        (string document, string log) = await BrowseAsync(
            content,
            new BundledAxeScriptProvider().GetScript()
                + ";axe.run().then(found => { document.title = 'axe: ' + JSON.stringify(found.violations.map(one => [one.id, "
                + "one.nodes.length, one.nodes[0].html.slice(0, 200), one.nodes[0].failureSummary])) });",
            [$"--window-size={window}", "--virtual-time-budget=60000", .. arguments]);
        return (WebUtility.HtmlDecode(TitleTag().Match(document).Groups[1].Value), log);
    }

    /// <summary>Runs a script in a page.</summary>
    /// <param name="content">The page.</param>
    /// <param name="script">The script, run when the page is loaded.</param>
    /// <param name="arguments">Further arguments of the browser.</param>
    /// <returns>The page afterwards, and what the browser logged.</returns>
    public static async Task<(string Document, string Log)> BrowseAsync(string content, string script, string[] arguments)
    {
        string? browser = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);
        Assert.SkipWhen(browser is null, "Neither chromium nor google-chrome is on the PATH.");
        using var folder = new TemporaryFolder();
        string page = folder.File("report.html");
        await File.WriteAllTextAsync(
            page,
            content.Replace("</body>", $"<script>addEventListener('load', () => {{ {script} }})</script></body>", StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        var start = new ProcessStartInfo(browser)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] all = [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--enable-logging=stderr",
            $"--user-data-dir={Path.Combine(folder.Path, "profile")}", .. arguments, "--dump-dom",
            new Uri(Path.GetFullPath(page)).AbsoluteUri];
        foreach (string argument in all)
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        Task<string> log = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string document = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        return (document, await log);
    }

    [GeneratedRegex("<title>(.*?)</title>", RegexOptions.Singleline)]
    private static partial Regex TitleTag();
}
