using System.Globalization;
using System.Runtime.InteropServices;
using Dapprox.Benchmarks;
using Dapprox.Foundation;

TextWriter output = Console.Out;
try
{
    if (args is [PeakMemory.Of, string benchmark, string side, string model])
    {
        Action<string, string> work = benchmark == TrainingBenchmark.Name ? TrainingBenchmark.Work : ScaleBenchmark.Work;
        work(side, model);
        PeakMemory.Print(output);
    }
    else
    {
        Run(args);
    }

    return 0;
}
catch (InputException error)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}

void Run(string[] arguments)
{
    Action benchmark = arguments switch
    {
        [] => RunKernels,
        ["circuits"] => RunCircuits,
        [IntegerBenchmark.Name] => RunIntegers,
        [EvolutionBenchmark.Name] => RunEvolution,
        [TrainingBenchmark.Name] => () => TrainingBenchmark.Run(output),
        [RetrainingBenchmark.Name, .. string[] settings] => () => RetrainingBenchmark.Run(output, settings),
        ["optimality", .. string[] networks] => () => OptimalityBenchmark.Run(output, networks),
        [ScaleBenchmark.Name, .. string[] networks] => () => ScaleBenchmark.Run(output, networks),
        ["attacks", .. string[] names] => AttackBenchmark.Prepare(output, names),
        _ => throw new InputException(
            $"unknown benchmark '{string.Join(' ', arguments)}': give nothing for kernels and networks, 'integers', 'circuits', "
                + "'evolution', 'training', 'retraining' with its settings, or 'optimality', 'scale' or 'attacks', which names of networks "
                + "or attacks may follow"),
    };
    output.WriteLine($"# {Processor()}, {DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}");
    output.WriteLine();
    output.WriteLine(
        $"`{string.Join(' ', ["dotnet run -c Release --project benchmarks/Dapprox.Benchmarks", .. arguments])}`; "
            + $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {Environment.ProcessorCount} processors.");
    output.WriteLine();
    benchmark();
}

void RunKernels()
{
    output.WriteLine("Medians of 31 rounds; every round runs every row. Packing weights is not timed, packing activations is.");
    output.WriteLine();
    KernelBenchmark.Run(output);
    NetworkBenchmark.Run(output);
}

void RunIntegers()
{
    output.WriteLine("Medians of 31 rounds; every round runs every row. Packing weights is not timed, packing activations is.");
    output.WriteLine();
    IntegerBenchmark.Run(output);
}

void RunCircuits()
{
    output.WriteLine(
        "Medians of 31 rounds; every round runs every row. Rows with binary32 and networks use the circuit as the mantissa multiplier.");
    output.WriteLine();
    CircuitBenchmark.Run(output);
}

void RunEvolution()
{
    output.WriteLine("One thread, medians of 15. Making, simplifying, pricing and measuring a circuit are timed.");
    output.WriteLine();
    EvolutionBenchmark.Run(output);
}

static string Processor()
{
    const string File = "/proc/cpuinfo";
    string? line = System.IO.File.Exists(File)
        ? System.IO.File.ReadLines(File).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
        : null;
    return line?.Split(':', 2)[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
}
