using CsCheck;
using Dapprox.Cli.Terminal;
using Xunit;

namespace Dapprox.Tests.Cli;

public class TextLayoutTests
{
    static readonly Gen<string> Word = Gen.String[Gen.Char["abcdefgh-_:.()"], 1, 12];

    static readonly Gen<string> Sentence = Word.List[0, 12].Select(words => string.Join(' ', words));

    [Fact]
    public void Wrap_AnyText_KeepsAllWordsInOrderWithinTheWidth() => Gen.Select(Sentence, Gen.Int[1, 60]).Sample((text, width) =>
    {
        IReadOnlyList<string> lines = TextLayout.Wrap(text, width);

        Assert.Equal(
            text.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            string.Join(' ', lines).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        // A word is never broken, so one alone may be wider.
        Assert.All(lines, line => Assert.True(line.Length <= width || !line.Contains(' ', StringComparison.Ordinal), line));
    });

    [Theory]
    [InlineData("accuracy is 98.90 % here", 16, "accuracy is\n98.90 % here")]
    [InlineData("worst 254 × 128 = 65024", 10, "worst\n254 × 128 = 65024")]
    [InlineData("it takes 12.5 fJ a product", 12, "it takes\n12.5 fJ a\nproduct")]
    public void Wrap_NumberWithItsUnit_StaysTogether(string text, int width, string expected) =>
        Assert.Equal(expected, string.Join('\n', TextLayout.Wrap(text, width)));

    [Fact]
    public void Table_AnyCells_AppearWholeWithinTheWidth() =>
        Gen.Select(Gen.Int[1, 6], Gen.Int[0, 4], Gen.Int[30, 120], Word.Array[6 * 5], Sentence.Array[5])
            .Sample((columns, rows, width, words, sentences) =>
        {
            string[] titles = [.. Enumerable.Range(0, columns).Select(i => $"title {i}"), "~prose"];
            string[][] cells = [
                .. Enumerable.Range(0, rows).Select(row => (string[])[.. words.Skip(row * columns).Take(columns), sentences[row]])];

            string[] lines = [.. TextLayout.Table(titles, cells, width)];

            Assert.All(lines, line => Assert.True(line.Length <= width, line));
            string text = string.Join('\n', lines);
            Assert.All(cells.SelectMany(row => row.SkipLast(1)), cell => Assert.Contains(cell, text, StringComparison.Ordinal));
            Assert.All(
                sentences.Take(rows).SelectMany(sentence => sentence.Split(' ')),
                word => Assert.Contains(word, text, StringComparison.Ordinal));
        });

    [Fact]
    public void Table_TooWideForTheScreen_BecomesLines()
    {
        string[] lines = [
            .. TextLayout.Table(["name", ">first number", ">second number"], [["a-long-identifier", "123456789.25", "0.000000001"]], 30)];

        Assert.Equal(["name  a-long-identifier", "  first number   123456789.25", "  second number  0.000000001"], lines);
    }

    [Fact]
    public void Table_InAPipe_HasNeitherRuleNorPadding()
    {
        string[] lines = [
            .. TextLayout.Table(["name", ">n", "~what"], [["a", "1", "short"], ["bcd", "23", new string('x', 300)]], TextLayout.Unbounded)];

        Assert.Equal(["name   n  what", "a      1  short", $"bcd   23  {new string('x', 300)}"], lines);
    }
}
