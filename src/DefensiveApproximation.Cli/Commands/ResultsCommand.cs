using System.Collections;
using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using DefensiveApproximation.Experiments.Runs;
using Spectre.Console;
using Rows = DefensiveApproximation.Experiments.Runs.Rows;

namespace DefensiveApproximation.Cli.Commands;

/// <summary><c>dapprox results</c>: what a run has computed, and what is missing.</summary>
static class ResultsCommand
{
    public static Command Create() => new("results", "Ask the results of a run by SQL, export them, or see what is done.")
    {
        Query(), List(), Export(), Status(),
    };

    static Option<string> Run() => RunOptions.Folder("--run", "The folder of the run.");

    static DocumentedCommand Query()
    {
        var sql = new Argument<string>("SQL") { Description = "The query, in DuckDB's SQL; 'dapprox results list' shows tables and columns." };
        Option<string> run = Run();
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand(
            "query", "Ask the results of a run by SQL.",
            "Each kind of unit is a table: attack has one row for each attacked image, predictions one for each classified one. An example: SELECT attack, source, avg(l2) FROM attack WHERE success GROUP BY ALL ORDER BY ALL. With --json: columns, rows.")
        {
            sql, run, json,
        };
        command.SetAction((parse, cancellation) =>
        {
            Rows answer = RunQuery.Ask(new RunFolder(parse.GetValue(run)!), parse.GetValue(sql)!, cancellation);
            if (parse.GetValue(json))
            {
                Output.PrintJson(new JsonObject
                {
                    ["columns"] = new JsonArray([.. answer.Columns.Select(column => (JsonNode)column.Name)]),
                    ["rows"] = new JsonArray([.. answer.Values.Select(row => new JsonArray([.. row.Select(Node)]))]),
                });
                return Task.CompletedTask;
            }

            Table table = Output.Table([.. answer.Columns.Select(column => Markup.Escape(column.Name))]);
            foreach (object?[] row in answer.Values)
                table.AddRow([.. row.Select(value => new Text(Words(value)))]);
            Output.Results.Write(table);
            Console.WriteLine($"{answer.Count} {(answer.Count == 1 ? "row" : "rows")}");
            return Task.CompletedTask;
        });
        return command;
    }

    static DocumentedCommand List()
    {
        Option<string> run = Run();
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand("list", "List the tables of a run, with their columns.", "With --json: tables [{name, units, rows, columns}].") { run, json };
        command.SetAction((parse, cancellation) =>
        {
            var folder = new RunFolder(parse.GetValue(run)!);
            (string Name, long Units, long Count, string[] Columns)[] tables = [.. RunQuery.Kinds(folder).Select(kind =>
            {
                Rows counts = RunQuery.Ask(folder, $"SELECT count(DISTINCT filename), count(*) FROM {kind}", cancellation);
                string[] columns = [.. RunQuery.Ask(folder, $"SELECT * FROM {kind} LIMIT 0", cancellation).Columns.Select(column => column.Name)];
                return (kind, (long)counts.Values[0][0]!, (long)counts.Values[0][1]!, columns);
            })];
            if (parse.GetValue(json))
            {
                Output.PrintJson(new JsonObject
                {
                    ["tables"] = new JsonArray([.. tables.Select(table => new JsonObject
                    {
                        ["name"] = table.Name,
                        ["units"] = table.Units,
                        ["rows"] = table.Count,
                        ["columns"] = new JsonArray([.. table.Columns.Select(column => (JsonNode)column)]),
                    })]),
                });
                return Task.CompletedTask;
            }

            Table shown = Output.Table("table", "units", "rows", "columns");
            shown.Columns[1].RightAligned();
            shown.Columns[2].RightAligned();
            foreach ((string name, long units, long count, string[] columns) in tables)
                shown.AddRow(new Text(name), new Text($"{units}"), new Text($"{count:N0}"), new Text(string.Join(", ", columns)));
            Output.Results.Write(shown);
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
        Option<string> run = Run();
        Option<string> to = Values.Option("--to", "DIR", "Where the files go, one for each table.", text => Values.Folder("--to", text));
        to.DefaultValueFactory = _ => ".";
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand("export", "Write the tables of a run as CSV, Parquet or JSON.", "With --json: files.") { format, run, to, json };
        command.SetAction((parse, cancellation) =>
        {
            IReadOnlyList<string> files = RunQuery.Export(new RunFolder(parse.GetValue(run)!), parse.GetValue(format)!, parse.GetValue(to)!, cancellation);
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
        Option<string> run = Run();
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand(
            "status", "Show which units of a run are done, running, failed or pending, and why they failed.",
            "A unit is running while a process on this machine, or on one that shares the folder, has it. With --json: done, running, failed, pending, units [{unit, file, state, why}].")
        {
            run, json,
        };
        command.SetAction((parse, _) =>
        {
            var folder = new RunFolder(parse.GetValue(run)!);
            (PlannedUnit Unit, UnitState State, string? Why)[] units = [.. folder.Planned().Select(unit =>
            {
                UnitState state = folder.State(unit.File);
                return (unit, state, state == UnitState.Failed ? folder.Failure(unit.File) : null);
            })];
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
                        ["unit"] = unit.Unit.Title,
                        ["file"] = unit.Unit.File,
                        ["state"] = Word(unit.State),
                        ["why"] = unit.Why,
                    })]),
                });
                return Task.CompletedTask;
            }

            Table table = Output.Table("unit", "state", "why");
            foreach ((PlannedUnit unit, UnitState state, string? why) in units)
                table.AddRow(new Text(unit.Title), new Text(Word(state)), new Text(why ?? ""));
            Output.Results.Write(table);
            Console.WriteLine($"{Count(UnitState.Done)} done, {Count(UnitState.Running)} running, {Count(UnitState.Failed)} failed, {Count(UnitState.Pending)} pending");
            return Task.CompletedTask;
        });
        return command;
    }

    static string Word(UnitState state) => state.ToString().ToLowerInvariant();

    static JsonNode? Node(object? value) => value switch
    {
        null => null,
        string text => JsonValue.Create(text),
        bool truth => JsonValue.Create(truth),
        int number => JsonValue.Create(number),
        long number => JsonValue.Create(number),
        sbyte or byte or short or ushort or uint or ulong => JsonValue.Create(Convert.ToDecimal(value, CultureInfo.InvariantCulture)),
        float or double => Output.Number(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
        decimal number => JsonValue.Create(number),
        // SQL's sums of whole numbers have no bound.
        System.Numerics.BigInteger number => JsonNode.Parse(number.ToString(CultureInfo.InvariantCulture)),
        byte[] bytes => JsonValue.Create(Convert.ToBase64String(bytes)),
        IDictionary fields => new JsonObject(fields.Keys.Cast<object>().Select(key => KeyValuePair.Create($"{key}", Node(fields[key])))),
        IEnumerable list => new JsonArray([.. list.Cast<object?>().Select(Node)]),
        _ => JsonValue.Create(Convert.ToString(value, CultureInfo.InvariantCulture)),
    };

    static string Words(object? value) => value switch
    {
        null => "–",
        byte[] bytes => $"{bytes.Length:N0} bytes",
        float or double => Convert.ToDouble(value, CultureInfo.InvariantCulture).ToString("G6", CultureInfo.InvariantCulture),
        IEnumerable and not string => Node(value)!.ToJsonString(),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
