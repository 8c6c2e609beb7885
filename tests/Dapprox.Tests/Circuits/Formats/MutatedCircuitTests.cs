using System.Diagnostics;
using System.Text;
using Dapprox.Circuits;
using Dapprox.Foundation;
using Xunit;

namespace Dapprox.Tests.Circuits.Formats;

/// <summary>Damaged files are circuits or are refused: nothing else happens, and soon.</summary>
public sealed class MutatedCircuitTests
{
    /// <summary>Pieces that mean something to some reader.</summary>
    static readonly byte[][] Pieces = [.. ((string[])
    [
        "[", "]", "(", ")", "{", "}", "{{", ":", ";", ",", "=", "~", "<<", ">>>", "+", "-", "*", "?", "#", "@", "1", "0", "-1",
        "9999999999",
        "8'hff", "1'bx", "4096'h0", "2 ** 31", "[2147483647:0]", "module", "endmodule", "always @*", "if (a)", "else", "case (a)", "begin",
        "end", "assign", "wire", "reg", "input", "signed", "localparam", ".names", ".model", ".subckt", ".end", "\\\n", "\n", "\0", "\"",
        "null",
        "1e999", "\\ud800",
    ]).Select(piece => Encoding.UTF8.GetBytes($" {piece} "))];

    [FactOf(Tier.Ci)]
    public void AHundredThousandMutants_AreReadOrRefused()
    {
        (string Extension, string Text)[] corpus = [.. Corpus()];
        for (int seed = 0; seed < 100_000; seed++)
        {
            var random = new Random(seed);
            (string extension, string text) = corpus[random.Next(corpus.Length)];
            string mutant = Encoding.UTF8.GetString(Mutation.Of(Encoding.UTF8.GetBytes(text), random, Pieces));
            var watch = Stopwatch.StartNew();
            try
            {
                Texts.Read(mutant, extension);
            }
            catch (InputException refusal)
            {
                Assert.False(refusal.Message.Contains('\n', StringComparison.Ordinal), $"seed {seed}: {refusal.Message}");
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}, {extension}: {e}\n{mutant}");
            }

            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"seed {seed}, {extension}: {watch.Elapsed}\n{mutant}");
        }
    }

    static IEnumerable<(string Extension, string Text)> Corpus()
    {
        foreach (string module in VerilogInIcarusTests.Modules.Select(row => row.Data))
            yield return (".v", module);
        foreach (string description in (string[])["array:3:ama1", "blocks:4:ama2:block=2", "booth:4:signed", "wallace:4"])
        {
            Netlist circuit = CircuitDescription.Build(description);
            yield return (".v", Texts.Of(circuit, ".v"));
            yield return (".v", Texts.Of(circuit, ".v", hierarchical: true));
            foreach (string extension in (string[])[".blif", ".json", ".cgp"])
                yield return (extension, Texts.Of(circuit, extension));
        }
    }
}
