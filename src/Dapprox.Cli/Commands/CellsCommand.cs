using System.CommandLine;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox cells</c>: the cells of circuits.</summary>
static class CellsCommand
{
    public static Command Create() => new("cells", "The gates and adders of circuits, and their hardware cost.")
    {
        CellsListCommand.Create(),
        CellsCharacteriseCommand.Create(),
    };
}
