using System.Globalization;
using System.Runtime.InteropServices;
using DefensiveApproximation.Benchmarks;

TextWriter output = Console.Out;
output.WriteLine($"# {Processor()}, {DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}");
output.WriteLine();
bool attacks = args is ["attacks"];
output.WriteLine($"`dotnet run -c Release --project benchmarks/DefensiveApproximation.Benchmarks{(attacks ? " attacks" : "")}`; {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {Environment.ProcessorCount} processors.");
if (attacks)
{
    output.WriteLine();
    AttackBenchmark.Run(output);
    return;
}

output.WriteLine("Medians of 31 rounds, every entrant in every round; weights are packed before the clock starts, activations inside.");
output.WriteLine();
KernelBenchmark.Run(output);
NetworkBenchmark.Run(output);

static string Processor()
{
    const string File = "/proc/cpuinfo";
    string? line = System.IO.File.Exists(File)
        ? System.IO.File.ReadLines(File).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
        : null;
    return line?.Split(':', 2)[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
}
