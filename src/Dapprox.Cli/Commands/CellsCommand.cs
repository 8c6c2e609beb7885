using System.CommandLine;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox cells</c>: what circuits are made of.</summary>
static class CellsCommand
{
    public static Command Create() => new("cells", "The gates and adders that circuits are made of, and what each costs in hardware.")
    {
        CellsListCommand.Create(),
        CellsCharacteriseCommand.Create(),
    };
}
