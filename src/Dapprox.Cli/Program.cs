using System.Text;
using Dapprox.Cli;
using Dapprox.Cli.Terminal;

// Tables and names contain characters that no Windows code page has.
if (OperatingSystem.IsWindows())
    Console.OutputEncoding = Encoding.UTF8;
Faults.CatchOnAllThreads();
return await CommandLine.RunAsync(args).ConfigureAwait(false);
