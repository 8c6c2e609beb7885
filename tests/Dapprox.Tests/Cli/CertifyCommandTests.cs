using System.Text.Json;
using Xunit;

namespace Dapprox.Tests.Cli;

public class CertifyCommandTests
{
    [FactOf(Tier.Ci)]
    public async Task Certify_Json_HasTheCertificatesOfEachImage_AndTheirSummary()
    {
        DapproxRun run = await DapproxRun.RunAsync(
            "certify", "--multiplier", "exact,ax-fpm", "--dataset", "digits", "--first", "6", "--skip", "3", "--sigma", "0.1", "--samples",
            "30,120", "--alpha", "0.01", "--radii", "0,0.1,0.2,5", "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(0.1, run.Json.GetProperty("sigma").GetDouble());
        double max = run.Json.GetProperty("maxRadius").GetDouble();
        JsonElement[] rows = [.. run.Json.GetProperty("rows").EnumerateArray()];
        Assert.Equal(["exact", "ax-fpm"], rows.Select(row => row.GetProperty("multiplier").GetString()));
        foreach (JsonElement row in rows)
        {
            JsonElement[] images = [.. row.GetProperty("images").EnumerateArray()];
            Assert.Equal(Enumerable.Range(3, 6), images.Select(image => image.GetProperty("image").GetInt32()));
            Assert.All(images, image => Assert.InRange(image.GetProperty("radius").GetDouble(), 0, max));
            double[] radii = [.. images
                .Where(image => image.GetProperty("certified") is { ValueKind: JsonValueKind.Number } certified
                    && certified.GetInt32() == image.GetProperty("label").GetInt32())
                .Select(image => image.GetProperty("radius").GetDouble())];
            Assert.Equal(radii.Sum() / 6, row.GetProperty("meanRadius").GetDouble(), 1e-12);
            Assert.Equal(
                ((double[])[0, 0.1, 0.2, 5]).Select(radius => radii.Count(one => one >= radius)),
                row.GetProperty("certified").EnumerateArray().Select(at => at.GetProperty("correct").GetInt32()));
        }

        Assert.True(rows[0].GetProperty("meanRadius").GetDouble() > 0.1);
    }

    [Fact]
    public async Task Certify_WithoutOptions_UsesTheDefaultsThatItsHelpStates()
    {
        DapproxRun run = await DapproxRun.RunAsync("certify", "--first", "1", "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal([100, 1000], run.Json.GetProperty("samples").EnumerateArray().Select(samples => samples.GetInt32()));
        Assert.Equal((0.12, 0.001), (run.Json.GetProperty("sigma").GetDouble(), run.Json.GetProperty("alpha").GetDouble()));
        JsonElement row = Assert.Single(run.Json.GetProperty("rows").EnumerateArray());
        Assert.Equal("exact", row.GetProperty("multiplier").GetString());
        Assert.Equal(
            [0, 0.06, 0.12, 0.18, 0.24], row.GetProperty("certified").EnumerateArray().Select(at => at.GetProperty("radius").GetDouble()));
    }

    [TheoryOf(Tier.Ci)]
    [InlineData("certify --sigma 0", "--sigma is '0'; give a number above 0, up to 100, such as 0.25")]
    [InlineData("certify --alpha 1", "--alpha is '1'; give a number above 0 and below 1")]
    [InlineData("certify --samples 100", "--samples is '100'; give two integers, such as 100,1000")]
    [InlineData("certify --samples 0,10", "--samples is '0'; give an integer from 1")]
    [InlineData("certify --radii -1", "--radii is '-1'; give numbers of at least 0")]
    [InlineData("certify --first 0", "--first is '0'")]
    [InlineData("certify --multiplier ax-fmp", "unknown multiplier 'ax-fmp': did you mean 'ax-fpm'?")]
    public async Task Certify_WrongInput_SaysSoInOneLineAndFails(string arguments, string message)
    {
        DapproxRun run = await DapproxRun.RunAsync(arguments.Split(' '));

        run.AssertRefused(message);
    }
}
