using System.Diagnostics;
using System.Runtime.Intrinsics.X86;
using Dapprox.Foundation;
using Xunit;

namespace Dapprox.Tests.Cli;

/// <summary><c>dapprox train</c> as a process: the same bytes on every path of the kernels, and after every interruption.</summary>
public sealed class TrainCommandTests : IDisposable
{
    // Every option that has a part in a step. Batches of 25 images are chunks of 12, 12 and 1.
    const string Everything = "--epochs 1 --batch-size 25 --shift 2 --rotation 5 --flip true --cut-out 8 --dropout 0.3 --clip-norm 1 "
        + "--label-smoothing 0.1 --weight-decay 0.001 --adversarial-epsilon 0.02";

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [TheoryOf(Tier.Ci)]
    [InlineData("dq-full --optimiser adamw")]
    [InlineData("dq-float --multiplier ax-fpm --gradient smoothed --optimiser nesterov --learning-rate 0.0001")]
    [InlineData("alexnet --multiplier bfloat16 --schedule step")]
    public async Task WeightsAreTheSameBytes_OnEveryPathAndAnyNumberOfThreads(string arguments)
    {
        WriteColours(30);
        byte[] expected = await Train("expected", [], "--threads", "1");

        foreach (string threads in (string[])["2", "3"])
            Assert.Equal(expected, await Train($"threads-{threads}", [], "--threads", threads));
        foreach ((string name, string value) in Paths())
            Assert.Equal(expected, await Train($"{name}-{value}", [(name, value)], "--threads", "2"));

        async Task<byte[]> Train(string name, (string, string)[] environment, params string[] more)
        {
            string file = folder.File($"{name}.safetensors");
            DapproxRun run = await DapproxRun.RunAsync(
                folder.Path,
                ["train", .. arguments.Split(' '), "--dataset", "cifar-10", .. Everything.Split(' '), "--out", file, .. more], environment);
            Assert.Equal((0, name), (run.ExitCode, name));
            return File.ReadAllBytes(file);
        }

        // What this processor has beside its best.
        static IEnumerable<(string, string)> Paths()
        {
            yield return ("DAPPROX_KERNEL", "vector128");
            if (Avx2.IsSupported)
            {
                yield return ("DAPPROX_KERNEL", "avx2");
                yield return ("DOTNET_EnableAVX2", "0");
            }

            if (Avx512F.IsSupported)
                yield return ("DOTNET_EnableAVX512", "0");
        }
    }

    // The program is killed with a signal that it cannot see, five times, anywhere: while it starts, trains or writes.
    [FactOf(Tier.Ci)]
    public async Task KilledFiveTimesAndResumed_GivesTheSameBytes()
    {
        WriteColours(20);
        string expected = folder.File("expected.safetensors"), resumed = folder.File("resumed.safetensors");
        string checkpoint = folder.File("checkpoint.safetensors");
        var watch = Stopwatch.StartNew();
        Assert.Equal(0, (await DapproxRun.RunAsync(folder.Path, Arguments(expected))).ExitCode);
        TimeSpan whole = watch.Elapsed;
        string[] arguments = [.. Arguments(resumed), "--checkpoint", checkpoint];
        var random = new CounterRandom((ulong)Environment.TickCount64);
        int killed = 0;

        for (int time = 0; time < 5; time++)
        {
            using Process process = DapproxRun.Start(folder.Path, arguments);
            _ = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            TimeSpan delay = (0.1 + 0.3 * random.NextDouble()) * whole;
            TestContext.Current.TestOutputHelper?.WriteLine($"killed after {delay.TotalSeconds:F2} of {whole.TotalSeconds:F2} s");
            await Task.Delay(delay, TestContext.Current.CancellationToken);
            killed += process.HasExited ? 0 : 1;
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Assert.True(File.Exists(checkpoint) && killed > 0);
        DapproxRun run = await DapproxRun.RunAsync(folder.Path, arguments);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(File.ReadAllBytes(expected), File.ReadAllBytes(resumed));

        static string[] Arguments(string file) =>
            ["train", "dq-full", "--dataset", "cifar-10", "--epochs", "25", "--batch-size", "9", "--optimiser", "adam", "--out", file];
    }

    [TheoryOf(Tier.Ci)]
    [InlineData("exact-fused")]
    [InlineData("ax-fpm")]
    public async Task OneEpoch_WritesWeightsThatEvaluateReads(string multiplier)
    {
        string file = folder.File("weights.safetensors");

        DapproxRun run = await DapproxRun.RunAsync(
            "train", "lenet5", "--epochs", "1", "--batch-size", "128", "--multiplier", multiplier, "--out", file, "--json");
        DapproxRun evaluation = await DapproxRun.RunAsync("evaluate", "--model", file, "--multiplier", multiplier, "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            [
                "architecture", "dataset", "multiplier", "file", "initialValidationAccuracy", "bestEpoch", "validationAccuracy",
                "testAccuracy", "epochs", "seconds",
            ],
            run.Json.EnumerateObject().Select(field => field.Name));
        Assert.Equal(multiplier, run.Json.GetProperty("multiplier").GetString());
        // A guess among ten classes.
        Assert.InRange(run.Json.GetProperty("testAccuracy").GetDouble(), 0.5, 1);
        Assert.Equal(run.Json.GetProperty("testAccuracy").GetDouble(), evaluation.Json.GetProperty("accuracy").GetDouble());
    }

    /// <summary>CIFAR-10's files, with few images: the class is the brightness, in noise.</summary>
    void WriteColours(int count)
    {
        Directory.CreateDirectory(folder.File("cifar-10-batches-bin"));
        for (int batch = 1; batch <= 5; batch++)
            Write($"data_batch_{batch}.bin", count / 5, (ulong)batch);
        Write("test_batch.bin", count / 5, 6);

        void Write(string name, int images, ulong seed)
        {
            var random = new CounterRandom(13, seed);
            File.WriteAllBytes(
                folder.File($"cifar-10-batches-bin/{name}"),
                [.. Enumerable.Range(0, images).SelectMany(i => (byte[])
                    [(byte)(i % 10), .. Enumerable.Range(0, 3 * 32 * 32).Select(_ => (byte)(i % 10 * 20 + random.NextInt32(50)))])]);
        }
    }
}
