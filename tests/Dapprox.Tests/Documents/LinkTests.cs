using Xunit;

namespace Dapprox.Tests.Documents;

public class LinkTests
{
    public static TheoryData<string> Pages => [.. Page.Names];

    [Theory]
    [MemberData(nameof(Pages))]
    public void EveryLink_LeadsToAFileAndAHeadingThatExist(string name)
    {
        string folder = Path.GetDirectoryName(Repository.Path(name))!;

        string[] broken = [.. Page.Read(name).Links.Where(link => !IsFound(link))];

        Assert.True(broken.Length == 0, string.Join(", ", broken));

        bool IsFound(string link)
        {
            if (link.StartsWith("https://", StringComparison.Ordinal))
                return true;
            string[] parts = link.Split('#', 2);
            string file = parts[0].Length == 0 ? Repository.Path(name) : Path.GetFullPath(Path.Combine(folder, parts[0]));
            return Path.Exists(file) && (parts.Length == 1 || new Page(name, File.ReadAllText(file)).Anchors.Contains(parts[1]));
        }
    }

    [Fact]
    public void EveryPageOfTheDocs_IsReachedFromTheirIndex()
    {
        string[] linked = [.. Page.Read("docs/README.md").Links.Select(link => $"docs/{link.Split('#')[0]}")];

        Assert.Empty(
            Page.Names.Where(name => name.StartsWith("docs/", StringComparison.Ordinal) && name != "docs/README.md").Except(linked));
    }
}
