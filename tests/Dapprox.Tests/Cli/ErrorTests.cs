using System.Diagnostics;
using Xunit;

namespace Dapprox.Tests.Cli;

public class ErrorTests
{
    [Fact]
    public async Task Evaluate_OfAFileThatIsNoNetwork_SaysWhichAre()
    {
        DapproxRun run = await DapproxRun.RunAsync("evaluate", "--model", typeof(ErrorTests).Assembly.Location);

        run.AssertRefused("is no kind of network file; .safetensors, .onnx and what PyTorch saved");
    }

    [Fact]
    public async Task Convert_OfAnOnnxNetwork_SaysWhatIsConverted()
    {
        DapproxRun run = await DapproxRun.RunAsync("model", "convert", "network.onnx", "weights.safetensors");

        run.AssertRefused(
            "'network.onnx' is an ONNX network, whose weights have no names of an architecture; give a .safetensors, .pt or .pth file");
    }

    [TheoryOf(Tier.Ci)]
    [InlineData("evaluat", "unknown command 'evaluat': did you mean 'evaluate'?")]
    [InlineData("evaluate --modle x", "unknown option '--modle': did you mean '--model'?")]
    [InlineData("evaluate surplus", "'surplus' is one word too many")]
    [InlineData("evaluate --model", "--model has no value; give '--model FILE|NAME'")]
    [InlineData("evaluate --multiplier ax-fmp", "unknown multiplier 'ax-fmp': did you mean 'ax-fpm'?")]
    [InlineData("evaluate --multiplier something", "exact-fused, exact-int8, exact-uint8, drum:8:k=6, mitchell:8,")]
    [InlineData("evaluate --dataset minst", "unknown data set 'minst': did you mean 'mnist'?")]
    [InlineData("evaluate --model lenet5-digit", "did you mean 'lenet5-digits'?")]
    [InlineData("evaluate --model no/such.safetensors", "no/such.safetensors")]
    [InlineData("evaluate --layers pools", "the layers that multiply are conv1, conv2, linear1, linear2")]
    [InlineData("evaluate --accumulate float16", "known: float32, float64")]
    [InlineData("evaluate --first 0", "--first is '0'; give an integer from 1")]
    [InlineData("evaluate --first many", "--first is 'many'; give an integer from 1")]
    [InlineData("evaluate --skip -1", "--skip is '-1'; give an integer from 0")]
    [InlineData("evaluate --skip 1000", "--skip 1000 leaves none of the 1000 images of digits (test)")]
    [InlineData("evaluate --dataset mnist --data no-such-folder", "dapprox datasets fetch mnist")]
    [InlineData("evaluate --dataset fashion-mnist", "no model for fashion-mnist is included")]
    [InlineData("evaluate --images pictures", "--images is given without a network; give --model FILE|NAME")]
    [InlineData("evaluate --model lenet5-digits --images pictures", "there is no folder 'pictures'")]
    [InlineData("evaluate --model lenet5-digits --labels no.csv", "--labels is given without --images; give --images DIR")]
    [InlineData("evaluate --model lenet5-digits --images no/such --labels no.csv", "there is no folder 'no/such'")]
    [InlineData("evaluate --model lenet5-digits --images . --labels no.csv", "there is no file 'no.csv'")]
    [InlineData("evaluate --model lenet5-digits --images . --labels no.csv --dataset "
        + "digits", "--images and --dataset are both given; give one of them")]
    [InlineData("evaluate --model lenet5-digits --images . --labels no.csv --resize 20", "a shorter side of 20 pixels does not hold the "
        + "28×28 pixels of lenet5-digits")]
    [InlineData("evaluate --calibrate 0", "--calibrate is '0'; give an integer from 1")]
    [InlineData("evaluate --split train --calibrate 100", "--calibrate takes the first 100 training images, and --split train uses them")]
    [InlineData("evaluate --calibrate --calibration-images x", "--calibration-images is given without --images")]
    [InlineData("calibrate", "'--out' is required")]
    [InlineData("calibrate --out c.pt", "--out is 'c.pt'; give a file that ends in .safetensors")]
    [InlineData("calibrate --model x.onnx --out c.safetensors", "give a file that ends in .onnx for the network 'x.onnx'")]
    [InlineData("calibrate --model dq-float-cifar-10 --dataset digits --out c.safetensors", "choose a data set or a model that fits")]
    [InlineData("evaluate --resize 256", "--resize is for pictures of your own; give --images DIR, or leave it out")]
    [InlineData("evaluate --model lenet5-digits --images x.npy", "'x.npy' holds images without labels; give their labels as an array, too")]
    [InlineData("evaluate --model lenet5-digits --images x.npy --labels y.csv", "'x.npy' holds images without labels")]
    [InlineData("evaluate --model lenet5-digits --images . --labels y.npy", "--labels 'y.npy' is an array, and --images '.' is none")]
    [InlineData("evaluate --model lenet5-digits --images x.npz --labels y.npy", "'x.npz' holds the labels, too; leave out --labels")]
    [InlineData("evaluate --model lenet5-digits --images x.npz", "there is no file 'x.npz'")]
    [InlineData("evaluate --model lenet5-digits --images x.npz --resize 28", "--resize is for pictures, and 'x.npz' is an array")]
    [InlineData("evaluate --background white", "--background is for pictures of your own; give --images DIR, or leave it out")]
    [InlineData("evaluate --model lenet5-digits --images . --resample bicubic", "--resample is given without --resize")]
    [InlineData("evaluate --mean 0.1,0.2", "2 numbers are given as mean, and the images have 1 channels")]
    [InlineData("evaluate --deviation 0", "the deviation is 0; give numbers above 0")]
    [InlineData("evaluate --mean half", "--mean is 'half'; give one number, or one for each channel with commas between them, such as "
        + "0.485,0.456,0.406")]
    [InlineData("evaluate --layout nhwc", "lenet5-digits")]
    [InlineData("model inspect lenet5-digits --deviation 1,2", "2 numbers are given as deviation")]
    [InlineData("attack", "'dapprox attack' needs a command: fgsm, pgd")]
    [InlineData("attack cw --epsilon 0.1", "cw finds the nearest adversarial example and takes no --epsilon")]
    [InlineData("attack lsa --targeted", "lsa is defined for any wrong class only")]
    [InlineData("attack boundary --gradient nes", "boundary uses no gradient")]
    [InlineData("attack square", "'--epsilon' is required")]
    [InlineData("attack square --epsilon 0.1 --steps 5", "unknown option '--steps': it belongs to 'dapprox attack ")]
    [InlineData("evaluate --cells x", "unknown option '--cells': it belongs to 'dapprox circuit import' and 'dapprox cells ")]
    [InlineData("model inspect --model x.onnx", "unknown option '--model': give MODEL without it; see dapprox model inspect --help")]
    [InlineData("circuit cost x.v --top m", "unknown option '--top': it belongs to 'dapprox circuit import'; known: --relative-to")]
    [InlineData("attack apgd --epsilon 0.1 --preset foolbox-2.4", "unknown value of --preset 'foolbox-2.4'")]
    [InlineData("attack cw --confidence -1", "--confidence is '-1'; give a number of at least 0")]
    [InlineData("attack fgsm --preset foolbox", "known: strong, foolbox-2.4")]
    [InlineData("attack fgsm --gradient straight-trough", "unknown gradient estimator 'straight-trough': did you mean 'straight-through'?")]
    [InlineData("attack fgsm --max-queries 0", "--max-queries is '0'; give an integer of at least 1")]
    [InlineData("attack fgsm --resume state", "unknown option '--resume'")]
    [InlineData("attack fgsm --epsilon 1.5", "--epsilon is '1.5'; give a number or a fraction above 0, up to 1")]
    [InlineData("attack apgd --epsilon 8", "--epsilon is 8, but no two images are further apart than 1 in L∞; give a smaller number, such "
        + "as 0.1")]
    [InlineData("attack pgd --epsilon 0.1,29 --norm l2", "--epsilon is 29, but no two images are further apart than 28 in L2")]
    [InlineData("attack square --epsilon 1e308 --norm l2", "ε is 1E+308; it lies between 0 and 1000")]
    [InlineData("attack cw --initial-constant 1e308", "--initial-constant is '1e308'; give a number above 0 and at most 1e10")]
    [InlineData("attack mi-fgsm --restarts 10", "--restarts is 10, but without --random-start all starts are the same; give --random-start "
        + "too")]
    [InlineData("attack pgd --preset foolbox-2.4 --restarts 2", "--restarts is 2, but without --random-start all starts are the same")]
    [InlineData(
        "attack fab --boundaries 3 --targeted",
        "--boundaries is 3, but a targeted attack has the boundary of its target alone; leave out one of the two")]
    [InlineData("attack fgsm --epsilon nan", "--epsilon is 'nan'; give a number or a fraction above 0, up to 1")]
    [InlineData("attack fgsm --epsilon 0.1,", "--epsilon is ''")]
    [InlineData("attack fgsm --epsilon 0.1 --try-on exact,ax", "unknown multiplier 'ax'")]
    [InlineData("attack pgd --epsilon 0.1 --steps 0", "--steps is '0'; give an integer from 1")]
    [InlineData("attack pgd --epsilon 0.1 --step-size 0", "--step-size is '0'")]
    [InlineData("attack pgd --epsilon 0.1 --save ", "--save is ''; give a folder")]
    [InlineData("attack pgd --epsilon 0.1 --seed -1", "--seed is '-1'")]
    [InlineData("attack fgsm --epsilon 0,1", "--epsilon is '0'; give a number or a fraction above 0, up to 1, such as 0.1 or 8/255")]
    [InlineData("attack fgsm --epsilon 8/0", "--epsilon is '8/0'; give a number or a fraction above 0, up to 1, such as 0.1 or 8/255")]
    [InlineData("attack fgsm --epsilon 300/255", "--epsilon is '300/255'")]
    [InlineData("evaluate --multiplier array:32", "array:32 has inputs of 32 and 32 bits")]
    [InlineData("evaluate --multiplier drum:8:k=6", "drum:8:k=6 multiplies integers, and the network floats; quantise it: --quantise int8")]
    [InlineData("profile drum:8:k=6", "'drum:8:k=6' multiplies integers, and not floats; 'dapprox circuit metrics' measures")]
    [InlineData("circuit cost drum:8:k=6", "'drum:8:k=6' is a definition and has no circuit")]
    [InlineData("circuit metrics drum:8", "the multiplier 'drum:8' is not of the form drum:BITS:k=N[:sign-magnitude]")]
    [InlineData("multiply -- -1 1 --multiplier ax-fpm", "'--multiplier' stands after --, which ends the options")]
    [InlineData("completion tcsh", "unknown shell 'tcsh'")]
    [InlineData("multiply 1", "only one operand is given")]
    [InlineData("multiply one 2", "A is 'one'")]
    [InlineData("multiply 1e50 2", "beyond the largest binary32 number")]
    [InlineData("multiply 0x12 2", "eight hexadecimal digits")]
    [InlineData("multiply --pairs no/such/file", "there is no file 'no/such/file'")]
    [InlineData("profile", "NAME is missing (The multiplier: a name that 'dapprox multipliers' lists")]
    [InlineData("train", "ARCHITECTURE is missing (The network: lenet5, alexnet, dq-full, dq-weights, dq-float, resnet-8, resnet-20)")]
    [InlineData("train lenet5 --threads 0", "--threads is '0'; give an integer from 1 to 2147483647")]
    [InlineData("reproduce --out ", "--out is ''; give a folder")]
    [InlineData("train lenet6", "unknown architecture 'lenet6': did you mean 'lenet5'?")]
    [InlineData("train lenet5 --learning-rate -1", "--learning-rate is '-1'; give a number above 0")]
    [InlineData("train lenet5 --dataset cifar-10 --data no-such-folder", "cifar-10")]
    [InlineData("train lenet5 --patience -1", "--patience is '-1'; give an integer from 0")]
    [InlineData("train lenet5 --optimiser rmsprop", "unknown value of --optimiser 'rmsprop': known: adam, adamw, sgd, nesterov")]
    [InlineData("train lenet5 --optimiser adamv", "unknown value of --optimiser 'adamv': did you mean 'adam'?")]
    [InlineData("train lenet5 --schedule linear", "unknown value of --schedule 'linear': known: cosine, step, constant")]
    [InlineData("train lenet5 --gradient smooth", "unknown value of --gradient 'smooth': did you mean 'smoothed'?")]
    [InlineData("train lenet5 --weight-decay -1", "--weight-decay is '-1'; give a number of at least 0, such as 0.0005")]
    [InlineData("train lenet5 --clip-norm -1", "--clip-norm is '-1'; give a number of at least 0, such as 1")]
    [InlineData("train lenet5 --label-smoothing 1", "--label-smoothing is '1'; give a number from 0 to below 1, such as 0.1")]
    [InlineData("train lenet5 --dropout 1", "--dropout is '1'; give a number from 0 to below 1, such as 0.5")]
    [InlineData("train lenet5 --shift 1.5", "--shift is '1.5'; give an integer from 0")]
    [InlineData("train lenet5 --rotation 181", "--rotation is '181'; give a number of degrees from 0 to 180")]
    [InlineData("train lenet5 --flip perhaps", "unknown value of --flip 'perhaps': known: true, false")]
    [InlineData("train lenet5 --cut-out -1", "--cut-out is '-1'; give an integer from 0")]
    [InlineData("train lenet5 --adversarial-epsilon 2", "--adversarial-epsilon is '2'; give a number from 0 to 1, such as 0.1")]
    [InlineData("train lenet5 --adversarial-steps 0", "--adversarial-steps is '0'; give an integer from 1")]
    [InlineData("train lenet5 --adversarial-attack pdg", "unknown attack 'pdg': did you mean 'pgd'?")]
    [InlineData("train lenet5 --adversarial-fraction 0", "--adversarial-fraction is '0'; give a number above 0 and at most 1")]
    [InlineData("train lenet5 --trades -1", "--trades is '-1'; give a number of at least 0, such as 6")]
    [InlineData("train lenet5 --trades 6", "give --adversarial-epsilon")]
    [InlineData("train lenet5 --multiplier ax-fmp", "unknown multiplier 'ax-fmp': did you mean 'ax-fpm'?")]
    [InlineData("train lenet5 --layers conv9", "conv9")]
    [InlineData("train dq-full --dataset digits", "digits has 1×28×28 images, and dq-full takes 3×32×32 images")]
    [InlineData("circuit", "'dapprox circuit' needs a command: build, import, export, verify")]
    [InlineData("circuit build array", "is not of the form KIND:BITS")]
    [InlineData("circuit build aray:8", "unknown kind of circuit 'aray': did you mean 'array'?")]
    [InlineData("circuit build array:8 --output x.doc", "the name 'x.doc' does not say what to write; it ends in one of .v, .blif, .json, "
        + ".cgp, .chr, .c, .dot")]
    [InlineData("circuit build array:8 --output x.blif --hierarchical", "BLIF is flat")]
    [InlineData("circuit build array:8 --hierarchical", "give --output FILE.v too")]
    [InlineData("circuit export array:8", "'--output' is required")]
    [InlineData("circuit export array:8 --mac --output x.blif", "multiply-accumulate units are written as Verilog, and 'x.blif' does not")]
    [InlineData("circuit export array:8 --systolic 1 --output x.v", "--systolic is '1'; give an integer from 2 to 256")]
    [InlineData("circuit export dadda:8@loa:8 --output x.v", "'dapprox circuit export dadda:8 --mac --accumulator loa:8'")]
    [InlineData("circuit metrics exact-int8@int16", "'exact-int8@int16' has an accumulator, which only the layers of a quantised network")]
    [InlineData("multiply 3 5 --multiplier exact-int8@none.v", "'exact-int8@none.v' has an accumulator")]
    [InlineData("circuit export array:8 --accumulator int24 --output x.v", "--accumulator is given without --mac or --systolic")]
    [InlineData("circuit export array:8 --mac --accumulator int16 --output x.v", "for products of 16 bits and a sign give 17 to 128")]
    [InlineData("circuit export array:8 --mac --accumulator wide --output x.v", "the accumulator 'wide' is not of the form int16, uint16")]
    [InlineData("circuit export array:8:signed --mac --signs offset --output x.v", "--signs is for unsigned multipliers")]
    [InlineData("circuit export array:8 --mac --systolic 4 --output x.v", "--mac is one unit and --systolic an array of them")]
    [InlineData("circuit export array:8 --output x.v --test-bench ./x.v", "--output and --test-bench are both 'x.v'; give two files")]
    [InlineData("circuit import no/such.v", "there is no file 'no/such.v'")]
    [InlineData("circuit import x.c", "files that end in .v, .blif, .json, .cgp, .chr, .sv, .il, .aig, .aag, .bench, .vhd, .vhdl are read")]
    [InlineData("circuit verify array:8 array:9", "give circuits with the same widths")]
    [InlineData("circuit verify array:8 exact --samples 0", "--samples is '0'")]
    [InlineData("evaluate --multiplier no/such.blif", "there is no file 'no/such.blif'")]
    [InlineData("datasets fetch mnits", "unknown data set 'mnits': did you mean 'mnist'?")]
    [InlineData("datasets fetch mnist --from http://127.0.0.1:9/", "cannot download train-images-idx3-ubyte.gz of mnist")]
    [InlineData("datasets fetch mnist --from ftp://x", "--from is 'ftp://x'")]
    public async Task Run_WrongInput_SaysSoInOneLineAndFails(string arguments, string message)
    {
        DapproxRun run = await DapproxRun.RunAsync(arguments.Split(' '));

        run.AssertRefused(message);
    }

    [Theory]
    [InlineData("evaluate --first 1 --multiplier ax-fpm")]
    [InlineData("profile ax-fpm --samples 10")]
    public async Task Run_UnknownKernel_SaysSoInOneLineAndFails(string arguments)
    {
        DapproxRun run = await DapproxRun.RunAsync(null, arguments.Split(' '), ("DAPPROX_KERNEL", "avx1024"));

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.Equal(
            "error: unknown DAPPROX_KERNEL value 'avx1024': did you mean 'avx512'? known: avx512, avx2, vector128, scalar",
            run.Error.Trim());
    }

    [Fact]
    public async Task Run_MessageWithLineBreaks_StaysOneLine()
    {
        DapproxRun run = await DapproxRun.RunAsync("evaluate", "--multiplier", "two\nlines\e[2J");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("error: unknown multiplier 'two lines?[2J'", run.Error.Split(':')[0] + ":" + run.Error.Split(':')[1]);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Evaluate_UnwritableLogits_SaysSoAndLeavesNothing()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            DapproxRun run = await DapproxRun.RunAsync("evaluate", "--first", "1", "--logits", folder);

            Assert.Equal(1, run.ExitCode);
            Assert.Contains($"cannot write '{folder}'", run.Error, StringComparison.Ordinal);
            Assert.Empty(Directory.GetFileSystemEntries(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Evaluate_ImagesThatDoNotFitTheModel_SaysBothShapes()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            // One record of CIFAR-10: a label and 3×32×32 pixels.
            await File.WriteAllBytesAsync(
                Path.Combine(folder, "test_batch.bin"), new byte[1 + 3 * 32 * 32], TestContext.Current.CancellationToken);

            DapproxRun run = await DapproxRun.RunAsync("evaluate", "--model", "lenet5-digits", "--dataset", "cifar-10", "--data", folder);

            Assert.Equal(1, run.ExitCode);
            Assert.Contains(
                "cifar-10 has 3×32×32 images of 10 classes, and lenet5-digits takes 1×28×28 images of 10", run.Error,
                StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [FactOf(Tier.Ci)]
    public async Task Attack_Interrupted_SaysCancelledAndExitsAsShellsDo()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send.");
        DapproxRun.SkipWhereInterruptsAreIgnored();
        using Process process = DapproxRun.Start(null, ["attack", "pgd", "--epsilon", "0.1", "--steps", "1000000", "--first", "50"]);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await UnderWay(process, TimeSpan.FromSeconds(3));

        using var kill = Process.Start("kill", ["-INT", $"{process.Id}"]);
        await Ended(process, TimeSpan.FromSeconds(30));

        Assert.Equal(130, process.ExitCode);
        Assert.Equal("interrupted; nothing was kept", (await error).Trim());
    }

    [FactOf(Tier.Ci)]
    public async Task Train_TwoSignalsAtOnceAsTimeoutSends_IsCancelledOnce()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send.");
        string file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.safetensors");
        using Process process = DapproxRun.Start(null, ["train", "lenet5", "--epochs", "1000", "--batch-size", "1000", "--out", file]);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        // Within an epoch.
        await UnderWay(process, TimeSpan.FromSeconds(6));

        using var kill = Process.Start("/bin/bash", ["-c", "kill -TERM $0; sleep 0.05; kill -TERM $0", $"{process.Id}"]);
        await Ended(process, TimeSpan.FromSeconds(60));

        Assert.Equal(143, process.ExitCode);
        Assert.EndsWith(
            "interrupted; nothing was kept: give --checkpoint FILE, and the same command resumes where it stopped", (await error).Trim(),
            StringComparison.Ordinal);
        Assert.False(File.Exists(file));
    }

    [FactOf(Tier.Ci)]
    public async Task Reproduce_WhileAnotherProgramHoldsTheLock_EndsOnSigterm()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send.");
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "locks"));
        using FileStream held = new(
            Path.Combine(folder.Path, "locks", "plan.lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        using Process process = DapproxRun.Start(null, ["reproduce", "--only", "figure-3", "--out", folder.Path]);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await UnderWay(process, TimeSpan.FromSeconds(3));

        using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        var watch = Stopwatch.StartNew();
        await Ended(process, TimeSpan.FromSeconds(30));

        // Two seconds, and two more for a busy machine.
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 4);
        Assert.Equal(143, process.ExitCode);
        Assert.StartsWith("interrupted; this resumes where it stopped: dapprox reproduce", (await error).Trim(), StringComparison.Ordinal);
    }

    /// <summary>
    /// Waits until a program has worked for some time of the processor's, however busy that is: a signal that comes before the
    /// program listens is ignored, or ends it without a word.
    /// </summary>
    static async Task UnderWay(Process process, TimeSpan work)
    {
        while (!process.HasExited && process.TotalProcessorTime < work)
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
            process.Refresh();
        }
    }

    /// <summary>Waits for the end of a program, and sees to it that it does not outlive the test.</summary>
    static async Task Ended(Process process, TimeSpan patience)
    {
        try
        {
            await process.WaitForExitAsync(
                TestContext.Current.CancellationToken).WaitAsync(patience, TestContext.Current.CancellationToken);
        }
        finally
        {
            process.Kill();
        }
    }

    [Fact]
    public async Task Multiply_ReaderThatLeavesEarly_DoesNoHarm()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no shell to build the pipe with.");
        string file = Path.GetTempFileName();
        try
        {
            // More than a pipe holds.
            await File.WriteAllLinesAsync(file, Enumerable.Repeat("3f800000 3f800000", 20_000), TestContext.Current.CancellationToken);
            using var shell = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", "set -o pipefail; \"$0\" multiply --pairs \"$1\" | "
                + "head -n 1", Path.Combine(AppContext.BaseDirectory, "dapprox"), file])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;

            string output = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            string error = await shell.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await shell.WaitForExitAsync(TestContext.Current.CancellationToken);

            Assert.Equal("3f800000 3f800000 3f800000\n", output);
            Assert.Empty(error);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
