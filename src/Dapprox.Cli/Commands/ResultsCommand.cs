using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Experiments.Runs;
using Dapprox.Foundation;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox results</c>: the results of a run and the status of its units.</summary>
static partial class ResultsCommand
{
    const int DefaultTimeout = 600;

    public static Command Create() => new("results", "Query the results of runs with SQL, export them, or see which units are done.")
    {
        Query(), List(), Export(), Status(),
    };

    static Option<RunFolder[]> Run() => Values.Option(
        "--run", "DIR,…",
        "The folder of a run, or what attack --save wrote; of several, results have a column run. [default: "
            + $"{RunOptions.ReproductionFolder} or {RunOptions.AuditFolder}, whichever is here]",
        Folders);

    // A folder name may contain a comma.
    static RunFolder[] Folders(string text) =>
        [.. (Directory.Exists(text) ? [text] : text.Split(',', StringSplitOptions.TrimEntries))
            .Select(folder => Values.Folder("--run", folder)).DistinctBy(Path.GetFullPath).Select(folder => new RunFolder(folder))];

    /// <summary>The runs: those given, or the one in a default folder.</summary>
    static RunFolder[] Runs(ParseResult parse, Option<RunFolder[]> option)
    {
        if (parse.GetValue(option) is { Length: > 0 } given)
            return given;
        string[] here = [.. new[] { RunOptions.ReproductionFolder, RunOptions.AuditFolder }.Where(Directory.Exists)];
        return here switch
        {
            [string one] => [new RunFolder(one)],
            [] =>
                throw new InputException(
                    $"no run is here, neither {RunOptions.ReproductionFolder} nor {RunOptions.AuditFolder}; give --run with the folder of "
                        + "a run or of what attack --save wrote"),
            _ => throw new InputException(
                $"there are two runs here, {string.Join(" and ", here)}; give --run with one of them, or --run "
                    + $"{string.Join(',', here)} for both"),
        };
    }

    static DocumentedCommand Query()
    {
        var sql = new Argument<string>("SQL")
        {
            Description = "The query, in DuckDB's SQL; 'dapprox results list' shows tables and "
                + "columns."
        };
        Option<RunFolder[]> run = Run();
        Option<bool> allowFiles = new("--allow-files")
        {
            Description = "Let the query read files as well, as read_csv('other.csv').",
        };
        Option<int> timeout = Values.Integer("--timeout", "The time limit in seconds.", min: 1, otherwise: DefaultTimeout);
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand(
            "query", "Query the results of runs with SQL.",
            "Each kind of unit is a table: attack has one row for each attacked image, predictions one for each classified one. Runs "
                + "queried together are told apart by the column run: add it to GROUP BY, or each mean is over all of them. An example: "
                + "SELECT attack, source, avg(l2) FROM attack WHERE success GROUP BY ALL ORDER BY ALL. The query sees the results and "
                + $"nothing else of the computer. The answer has at most {RunQuery.MaxRows:N0} rows. With --json: columns, rows; lists and "
                + "structures are JSON, decimals numbers, dates and times texts.")
        {
            sql, run, allowFiles, timeout, json,
        };
        command.SetAction((parse, cancellation) =>
        {
            Rows answer = Ask(Runs(parse, run), parse.GetValue(sql)!, parse.GetValue(allowFiles), parse.GetValue(timeout), cancellation);
            if (parse.GetValue(json))
            {
                Output.PrintJson(new JsonObject
                {
                    ["columns"] = new JsonArray([.. answer.Columns.Select(column => (JsonNode)column.Name)]),
                    ["rows"] = new JsonArray([.. answer.Values.Select(row =>
                        new JsonArray([.. row.Select((value, i) => Node(value, answer.Columns[i].Type))]))]),
                });
                return Task.CompletedTask;
            }

            string[] titles = [
                .. answer.Columns.Select(
                    (column, i) => answer.Values.All(row => row[i] is null or ValueType) || IsDecimal(column.Type)
                        ? $">{column.Name}" : column.Name)];
            Output.PrintTable(titles, answer.Values.Select(row => Array.ConvertAll(row, Text)));
            Console.WriteLine($"{answer.Values.Count} {(answer.Values.Count == 1 ? "row" : "rows")}");
            return Task.CompletedTask;
        });
        return command;
    }

    static Rows Ask(RunFolder[] runs, string sql, bool mayRead, int seconds, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(seconds));
        try
        {
            return RunQuery.Ask(runs, sql, mayRead, limit.Token);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new InputException($"the query takes more than {seconds} s; ask for less, or give --timeout", e);
        }
    }

    static DocumentedCommand List()
    {
        Option<RunFolder[]> run = Run();
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand(
            "list", "List the tables of runs with their columns.", "With --json: tables [{name, units, rows, columns}].") { run, json };
        command.SetAction((parse, cancellation) =>
        {
            RunFolder[] runs = Runs(parse, run);
            IReadOnlyList<(string Name, long Units, long Rows, IReadOnlyList<string> Columns)> tables = RunQuery.Tables(runs, cancellation);
            if (parse.GetValue(json))
            {
                Output.PrintJson(new JsonObject
                {
                    ["tables"] = new JsonArray([.. tables.Select(table => new JsonObject
                    {
                        ["name"] = table.Name,
                        ["units"] = table.Units,
                        ["rows"] = table.Rows,
                        ["columns"] = new JsonArray([.. table.Columns.Select(column => (JsonNode)column)]),
                    })]),
                });
                return Task.CompletedTask;
            }

            foreach ((string name, long units, long rows, IReadOnlyList<string> columns) in tables)
            {
                Output.PrintFields(
                    ("table", name), ("units", $"{units}"), ("rows", $"{rows:N0}"),
                    ("columns", InLines(columns, Output.Width - "columns  ".Length)));
                Console.WriteLine();
            }

            return Task.CompletedTask;
        });
        return command;
    }

    static DocumentedCommand Export()
    {
        var format = new Argument<string>("FORMAT")
        {
            Description = "csv, parquet or json.",
            CustomParser = result => Names.Find("format", result.Tokens[0].Value, RunQuery.Formats, known => known),
        };
        Option<RunFolder[]> run = Run();
        Option<string> to = Values.Option("--to", "DIR", "Where the files go, one for each table.", text => Values.Folder("--to", text));
        to.DefaultValueFactory = _ => ".";
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand(
            "export", "Write the tables of runs as CSV, Parquet or JSON.", "With --json: files.") { format, run, to, json };
        command.SetAction((parse, cancellation) =>
        {
            IReadOnlyList<string> files = RunQuery.Export(Runs(parse, run), parse.GetValue(format)!, parse.GetValue(to)!, cancellation);
            if (parse.GetValue(json))
                Output.PrintJson(new JsonObject { ["files"] = new JsonArray([.. files.Select(file => (JsonNode)file)]) });
            else
                Console.WriteLine(string.Join('\n', files));
            return Task.CompletedTask;
        });
        return command;
    }

    static DocumentedCommand Status()
    {
        Option<RunFolder[]> run = Run();
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand(
            "status", "Show which units of runs are done, running, failed or pending, and why they failed.",
            "A unit is running while a process on this machine, or on one that shares the folder, has it. With --json: done, running, "
                + "failed, pending, units [{run, unit, file, state, why}].")
        {
            run, json,
        };
        command.SetAction((parse, _) =>
        {
            RunFolder[] runs = Runs(parse, run);
            (RunFolder Run, PlannedUnit Unit, UnitState State, string? Why)[] units =
            [
                .. from folder in runs
                from unit in folder.Planned()
                let state = folder.State(unit.File)
                select (folder, unit, state, state == UnitState.Failed ? folder.Failure(unit.File) : null),
            ];
            int Count(UnitState state) => units.Count(unit => unit.State == state);
            if (parse.GetValue(json))
            {
                Output.PrintJson(new JsonObject
                {
                    ["done"] = Count(UnitState.Done),
                    ["running"] = Count(UnitState.Running),
                    ["failed"] = Count(UnitState.Failed),
                    ["pending"] = Count(UnitState.Pending),
                    ["units"] = new JsonArray([.. units.Select(unit => new JsonObject
                    {
                        ["run"] = unit.Run.Path,
                        ["unit"] = unit.Unit.Title,
                        ["file"] = unit.Unit.File,
                        ["state"] = Word(unit.State),
                        ["why"] = unit.Why,
                    })]),
                });
                return Task.CompletedTask;
            }

            foreach (RunFolder run in units.Select(unit => unit.Run).Distinct())
            {
                if (runs.Length > 1)
                    Output.Print(run.Path);
                Output.PrintTable(
                    ["~unit", "state"],
                    units.Where(unit => unit.Run == run).Select(unit => (string[])[unit.Unit.Title, Word(unit.State)]));
            }

            foreach ((RunFolder _, PlannedUnit _, UnitState _, string? why) in units.Where(unit => unit.Why is not null))
                Output.Print($"failed: {why}");
            Console.WriteLine(
                $"{Count(UnitState.Done)} done, {Count(UnitState.Running)} running, {Count(UnitState.Failed)} failed, "
                    + $"{Count(UnitState.Pending)} pending");
            return Task.CompletedTask;
        });
        return command;
    }

    static string Word(UnitState state) => state.ToString().ToLowerInvariant();

    static bool IsDecimal(string type) => type.StartsWith("DECIMAL", StringComparison.Ordinal);

    static JsonNode? Node(object? value, string type) => value switch
    {
        null => null,
        string text => RunQuery.IsNested(type) || IsDecimal(type) ? JsonNode.Parse(text) : JsonValue.Create(text),
        bool truth => JsonValue.Create(truth),
        float or double => Output.Number(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
        byte[] bytes => JsonValue.Create(Convert.ToBase64String(bytes)),
        // Integers of any size, also beyond 64 bits: SQL sums of integers are unbounded.
        _ => JsonNode.Parse(Convert.ToString(value, CultureInfo.InvariantCulture)!),
    };

    static string Text(object? value) => value switch
    {
        null => "–",
        bool truth => truth ? "true" : "false",
        byte[] bytes => $"{bytes.Length:N0} bytes",
        float or double => Convert.ToDouble(value, CultureInfo.InvariantCulture).ToString("G6", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    /// <summary>The column names as SQL identifiers, wrapped into lines; a name with blanks is not broken.</summary>
    static string InLines(IReadOnlyList<string> columns, int width)
    {
        var text = new StringBuilder();
        int length = 0;
        for (int i = 0; i < columns.Count; i++)
        {
            string name = Plain().IsMatch(columns[i]) ? columns[i] : $"\"{columns[i].Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
            string item = i == columns.Count - 1 ? name : $"{name},";
            bool fits = length + 1 + item.Length <= width;
            text.Append(i == 0 ? "" : fits ? " " : "\n").Append(item);
            length = fits ? length + 1 + item.Length : item.Length;
        }

        return text.ToString();
    }

    [GeneratedRegex("^[a-z_][a-z0-9_]*$")]
    private static partial Regex Plain();
}
