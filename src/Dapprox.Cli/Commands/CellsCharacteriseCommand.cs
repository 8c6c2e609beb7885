using System.CommandLine;
using Dapprox.Circuits;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Cli.Tools;
using Dapprox.Foundation;
using Dapprox.Hardware;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox cells characterise</c>: a cell library from a model card.</summary>
static class CellsCharacteriseCommand
{
    public static Command Create()
    {
        var card = new Option<string>("--model-card")
        {
            HelpName = "FILE",
            Description = "The transistors: a SPICE model card with one nmos and one pmos model, for example 45nm_HP.pm of the Predictive "
                + "Technology Model.",
            Required = true,
        };
        var output = new Option<string?>("--output")
        {
            HelpName = "FILE",
            Description = "Write the library there and print a table. [default: print the library]",
        };
        Option<Cell[]> cells = Values.List(
            "--cells", "NAME,…", "The cells to measure. [default: all]", text => Names.Find("cell", text, Cells.All, cell => cell.Name));
        var technology = new Option<string?>("--technology")
        {
            HelpName = "TEXT",
            Description = "The description of the transistors and their source in the library. [default: the file name of the model card]",
        };
        var command = new DocumentedCommand(
            "characterise", "Measure the cost of each cell with the circuit simulator ngspice, and write a cell library.",
            "Each cell is simulated as transistors: the mirror adders as published, other cells as complementary static CMOS with the "
                + $"fewest transistors. The simulation covers every transition of the inputs. {CellCharacterisation.Conditions}. "
                + $"Areas: {CellLibrary.UsualAreaRule}.")
        {
            card, output, cells, technology,
        };
        command.SetAction((parse, cancellation) =>
        {
            string cardFile = parse.GetValue(card)!;
            SpiceModelCard models = CellLibraryFiles.LoadModelCard(cardFile);
            Ngspice.Probe();
            string? file = parse.GetValue(output);
            if (file is not null)
                AtomicFile.Probe(file);
            IReadOnlyList<Cell> measured = parse.GetValue(cells) is { Length: > 0 } chosen ? chosen : Cells.All;
            var library = new CellLibrary(
                Path.GetFileNameWithoutExtension(file ?? cardFile), parse.GetValue(technology) ?? Path.GetFileName(cardFile),
                CellCharacterisation.Conditions, CellLibrary.UsualAreaRule, Measure(measured, models, cancellation));
            if (file is null)
            {
                Console.Write(library.ToJson());
            }
            else
            {
                CellLibraryFiles.Save(file, library);
                CellsListCommand.Print(library);
                Output.PrintFields(("library", file));
            }

            return Task.CompletedTask;
        });
        return command;
    }

    static CharacterisedCell[] Measure(IReadOnlyList<Cell> cells, SpiceModelCard models, CancellationToken cancellation) =>
        ProgressBar.While("simulating", cells.Count, progress =>
        {
            var measured = new CharacterisedCell[cells.Count];
            var settings = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellation };
            Parallel.ForEachAsync(Enumerable.Range(0, cells.Count), settings, async (i, end) =>
            {
                measured[i] = await Ngspice.MeasureAsync(new CellCharacterisation(cells[i]), models, end).ConfigureAwait(false);
                progress(1);
            }).GetAwaiter().GetResult();
            return measured;
        });
}
