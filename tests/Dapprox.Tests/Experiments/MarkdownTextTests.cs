using Dapprox.Experiments.Reports;
using Xunit;

namespace Dapprox.Tests.Experiments;

/// <summary>Whatever a file is called, a report in Markdown shows its name and nothing else.</summary>
public sealed class MarkdownTextTests
{
    [Theory]
    [InlineData("ax-fpm, p < .001, 2 * 3", "ax-fpm, p < .001, 2 * 3")]
    [InlineData("a|b.v", @"a\|b.v")]
    [InlineData("<script>x</script>", @"\<script>x\</script>")]
    [InlineData("[x](javascript:y)", @"[x]\(javascript:y)")]
    [InlineData("![x](y)", @"\![x]\(y)")]
    [InlineData("a`b", @"a\`b")]
    [InlineData("a\n# b\r\n\u2028c", "a # b c")]
    [InlineData("&lt;", @"\&lt;")]
    public void Plain_StartsNothing(string text, string expected) => Assert.Equal(expected, MarkdownText.Plain(text));

    [Theory]
    [InlineData("dapprox audit", "`dapprox audit`")]
    [InlineData("a`b", "``a`b``")]
    [InlineData("`a``", "``` `a`` ```")]
    [InlineData("a\nb", "`a b`")]
    public void Code_EndsWhereTheTextDoes(string text, string expected) => Assert.Equal(expected, MarkdownText.Code(text));
}
