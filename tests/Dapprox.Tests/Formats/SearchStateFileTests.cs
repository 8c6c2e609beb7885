using Dapprox.Foundation;
using Dapprox.Search;
using Xunit;

namespace Dapprox.Tests.Formats;

public class SearchStateFileTests
{
    static readonly SearchProblem Problem = new(3, 4, _ => [0, 0]);

    [Fact]
    public void Load_OfWhatWasSaved_GivesTheSameBits()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("state.json");
        var state = new SearchState(7, [new Candidate([0, 3, 1], [0.1, 1 / 3.0]), new Candidate([2, 2, 2], [1e-300, -5])]);

        SearchStateFile.Save(path, "search", state);
        SearchState loaded = SearchStateFile.Load(path, "search", Problem, objectives: 2);

        Assert.Equal(7, loaded.Step);
        Assert.Equal(state.Candidates.Select(candidate => candidate.Genes), loaded.Candidates.Select(candidate => candidate.Genes));
        Assert.Equal(state.Candidates.Select(candidate => candidate.Values), loaded.Candidates.Select(candidate => candidate.Values));
    }

    [Fact]
    public void Load_WithoutAFile_Begins() =>
        Assert.Same(SearchState.Begin, SearchStateFile.Load("/nowhere/at/all", "search", Problem, objectives: 2));

    [Theory]
    [InlineData("""{"search":"other","step":1,"candidates":[{"genes":"000000","values":[1,2]}]}""", "another search")]
    [InlineData("""{"search":"search","step":1,"candidates":[{"genes":"000004","values":[1,2]}]}""", "damaged")]
    [InlineData("""{"search":"search","step":1,"candidates":[{"genes":"0000","values":[1,2]}]}""", "damaged")]
    [InlineData("""{"search":"search","step":1,"candidates":[{"genes":"000000","values":[1]}]}""", "damaged")]
    [InlineData("""{"search":"search","step":1,"candidates":[{"genes":"zz0000","values":[1,2]}]}""", "damaged")]
    [InlineData("""{"search":"search","step":0,"candidates":[{"genes":"000000","values":[1,2]}]}""", "damaged")]
    [InlineData("""{"search":"search","step":1,"candidates":[]}""", "damaged")]
    [InlineData("""{"search":"search","step":1,"candidates":null}""", "damaged")]
    [InlineData("""{"search":"search","step":1,"candidates":[null]}""", "damaged")]
    [InlineData("""{"search":"search"}""", "damaged")]
    [InlineData("""{"search":"se""", "damaged")]
    [InlineData("null", "damaged")]
    public void Load_OfAnythingElse_IsRefused(string text, string reason)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("state.json");
        File.WriteAllText(path, text);

        Assert.Contains(
            reason, Assert.Throws<InputException>(() => SearchStateFile.Load(path, "search", Problem, objectives: 2)).Message,
            StringComparison.Ordinal);
    }
}
