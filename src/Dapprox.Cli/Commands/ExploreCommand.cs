using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Dapprox.Arithmetic;
using Dapprox.Circuits;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Experiments.Figures;
using Dapprox.Foundation;
using Dapprox.Hardware;
using Dapprox.Measurement;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
using Dapprox.Search;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox explore</c>: searches multipliers with different cells by column, row or block.</summary>
static class ExploreCommand
{
    const int DefaultSamples = 1 << 16, DefaultPopulation = 100, DefaultGenerations = 100, DefaultImages = 500;

    // Up to this number an exhaustive search takes minutes.
    const long MaxExhaustive = 100_000;

    const string Accuracy = "accuracy";

    static readonly string[] FigureNames = [.. DesignFigures.All.Select(figure => figure.Name), Accuracy];

    static readonly string[] DistributionNames =
    [
        .. OperandDistribution.All.Select(known => known.Name), .. IntegerDistribution.All.Select(known => known.Name),
    ];

    public static Command Create()
    {
        Argument<string> shape = new("SHAPE")
        {
            Description = "The multiplier without its cells: array:24, carry-save:16, dadda:24, "
                + "blocks:24:block=4, and so on."
        };
        Option<Choice<string>> by = Values.Choice<string>(
            "--by", "The unit with its own cell: every column, every row (array, carry-save), or every block (blocks).",
            new("columns", "columns"), new("rows", "rows"), new("blocks", "blocks"));
        Option<Cell[]> cells = Values.List("--cells", "CELL,…", "The full adders to choose from.", Cells.FindAdder);
        cells.DefaultValueFactory = _ => [Cells.FullAdder, Cells.Ama1, Cells.Ama2, Cells.Ama3, Cells.Ama4, Cells.Ama5];
        Option<string[]> objectives = Values.List(
            "--objectives", "NAME,…",
            $"The objectives, minimised (accuracy: maximised): of {string.Join(", ", FigureNames)}. [default: mred,energy]", FigureName);
        Option<(string Name, double Goal)[]> meet = Values.List(
            "--meet", "NAME=X,…",
            "Instead of objectives, the figures to match: minimises the root mean square of the relative differences.", ParseGoal);
        Option<string> distribution = Values.Option(
            "--distribution", string.Join('|', DistributionNames),
            "The distribution of the operands: one of 'dapprox profile' measures the circuit as a float multiplier, one of 'dapprox "
                + "circuit metrics' as an integer multiplier.",
            text => Names.Find("distribution", text, DistributionNames, name => name));
        distribution.DefaultValueFactory = _ => OperandDistribution.All[0].Name;
        Option<int> samples = Values.Integer(
            "--samples", "The number of products on which each design is measured, the same for all designs.", 1, DefaultSamples);
        Option<int> population = Values.Integer("--population", "The population size of NSGA-II.", 4, DefaultPopulation);
        Option<int> generations = Values.Integer("--generations", "The number of generations of NSGA-II.", 0, DefaultGenerations);
        Option<ulong> seed = SharedOptions.Seed();
        Option<CellLibrary?> library = Values.Option<CellLibrary?>(
            "--library", "FILE", "The cell library for energy, delay and area. [default: the one that is included]", CellLibraryFiles.Load);
        var asDrawn = new Option<bool>("--as-drawn")
        {
            Description = "Price every cell as the library has it, for cells that are drawn by hand; without it a design is priced in its "
                + "normal form, as 'dapprox circuit cost' prices it.",
        };
        Option<string?> state = SharedOptions.SearchState();
        Option<string?> plot = new("--plot")
        {
            HelpName = "FILE",
            Description = "Also draw the Pareto front as PNG: the first objective "
                + "against each of the others."
        };
        Option<int> first = Values.Integer("--first", "For accuracy: classify this many images.", 1, DefaultImages);
        var variant = new VariantOptions();
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand(
            "explore", "Search multipliers with different adder cells by column, row or block, for the Pareto front of error and cost.",
            $"Up to {MaxExhaustive:N0} designs are searched exhaustively, more by NSGA-II (Deb et al. 2002). The same seed finds the same "
                + "designs, with any number of threads. Every command that takes a circuit or a multiplier takes a description printed "
                + "here. mred, nmed, shareAbove: as in 'dapprox profile' or 'dapprox circuit metrics', under the distribution; energy, "
                + "delay, area: by the cell library ('dapprox cells list'), on operands of the distribution, relative to the exact array "
                + "of that width, signed if the shape is; transistors: those that publications count in full adders, likewise relative, "
                + "without gates and half adders; accuracy: of the network in whose layers the design is the multiplier. With --json: "
                + $"space, method, law, samples, seed, designs (in the space), front, an array of {{circuit, and each figure by name}}, "
                + "seconds.")
        {
            shape, by, cells, objectives, meet, distribution, samples, population, generations, seed, library, asDrawn, state, plot, first,
        };
        command.KeepsState = state;
        variant.AddTo(command);
        command.Add(json);
        command.SetAction((parse, cancellation) =>
        {
            var watch = Stopwatch.StartNew();
            var space = new DesignSpace(parse.GetValue(shape)!.ToLowerInvariant(), parse.GetValue(by).Value, parse.GetValue(cells)!);
            DesignMeasurement measurement = Measurement(
                parse.GetValue(distribution)!, space, parse.GetValue(samples), parse.GetValue(seed), parse.GetValue(library),
                parse.GetValue(asDrawn) ? CircuitForm.AsDrawn : CircuitForm.Normal);
            (string Name, double Goal)[] goals = parse.GetValue(meet) ?? [];
            string[] asked = parse.GetValue(objectives) ?? [];
            if (goals.Length > 0 && asked.Length > 0)
                throw new InputException("--meet replaces --objectives; leave out one of them");
            string[] names = goals.Length > 0 ? [
                .. goals.Select(goal => goal.Name)] : asked.Length > 0 ? asked : [DesignFigures.Mred.Name, DesignFigures.Energy.Name];
            DesignFigure[] figures = [
                .. names.Select(
                    name => DesignFigures.All.FirstOrDefault(
                        figure => figure.Name == name) ?? AccuracyFigure(variant, parse, parse.GetValue(first), cancellation))];
            DesignFigure[] made = goals.Length == 0
                ? figures
                : [DesignFigures.Miss([.. figures.Zip(goals, (figure, goal) => (figure, goal.Goal))])];

            var problem = new SearchProblem(
                space.Places, space.Cells.Count, genes => DesignFigures.Values(new Design(space.Build(genes), measurement), made));
            long designs = ExhaustiveSearch.Count(problem);
            SearchMethod method = designs <= MaxExhaustive
                ? new ExhaustiveSearch(problem)
                : new Nsga2(problem, parse.GetValue(population), parse.GetValue(generations), parse.GetValue(seed));
            string target = goals.Length == 0 ? string.Join(',', names) : "meet " + string.Join(
                ',', goals.Select(goal => string.Create(CultureInfo.InvariantCulture, $"{goal.Name}={goal.Goal}")));
            string search = string.Create(
                CultureInfo.InvariantCulture,
                $"{space.Summary}; {target}; {parse.GetValue(distribution)}, {parse.GetValue(samples)} samples, seed "
                    + $"{parse.GetValue(seed)}; {(parse.GetValue(asDrawn) ? "as drawn; " : "")}{method.Summary}");
            if (parse.GetValue(library) is CellLibrary given)
                search += $"; cells of {given.Name}";
            if (names.Contains(Accuracy))
                search += $"; accuracy of {variant.Identify(parse)}, {parse.GetValue(first)} images";

            IReadOnlyList<Candidate> front = ParetoFront.Of(
                SearchProgress.Run(method, search, problem, made.Length, parse.GetValue(state), cancellation).Candidates)
                .OrderBy(candidate => candidate.Values[0]).ToArray();
            DesignFigure[] shown = goals.Length == 0 ? figures : [.. made, .. figures];
            double[][] values = [
                .. front.Select(candidate => DesignFigures.Measure(new Design(space.Build(candidate.Genes), measurement), shown))];
            string[] circuits = [.. front.Select(candidate => space.Describe(candidate.Genes))];
            if (parse.GetValue(plot) is string figureFile)
            {
                byte[] png = ParetoFigure.Png(
                    space.Title, [.. shown.Select(figure => new ParetoAxis(figure.Title, figure.LargerIsBetter))],
                    [.. values.Select((numbers, i) => new ParetoPoint($"{i + 1}", numbers))]);
                AtomicFile.Write(figureFile, stream => stream.Write(png));
            }

            double seconds = watch.Elapsed.TotalSeconds;
            if (parse.GetValue(json))
            {
                Output.PrintJson(new JsonObject
                {
                    ["space"] = space.Summary,
                    ["method"] = method.Summary,
                    ["law"] = parse.GetValue(distribution),
                    ["samples"] = parse.GetValue(samples),
                    ["seed"] = parse.GetValue(seed),
                    ["designs"] = Math.Pow(problem.Choices, problem.Places),
                    ["front"] = new JsonArray([.. circuits.Zip(values, (circuit, numbers) => Json(circuit, shown, numbers))]),
                    ["seconds"] = seconds,
                });
                return Task.CompletedTask;
            }

            Output.Print(search);
            Output.PrintTable(
                [">#", .. shown.Select(figure => $">{figure.Name}"), "~circuit"],
                circuits.Select((circuit, i) => (string[])[$"{i + 1}", .. values[i].Select(value => $"{value:G4}"), circuit]));
            Output.Print($"{circuits.Length} Pareto-optimal {(circuits.Length == 1 ? "design" : "designs")}, {seconds:F1} s");
            return Task.CompletedTask;
        });
        return command;
    }

    static DesignMeasurement Measurement(
        string distribution, DesignSpace space, int samples, ulong seed, CellLibrary? library, CircuitForm form)
    {
        int bits = space.Bits;
        if (samples > DesignMeasurement.MaxSamples)
            throw new InputException($"--samples is {samples}; each design is measured on at most {DesignMeasurement.MaxSamples} products");
        if (IntegerDistribution.All.FirstOrDefault(known => known.Name == distribution) is IntegerDistribution integers)
            return DesignMeasurement.OfIntegers(integers, bits, space.IsSigned, samples, seed, library, form);
        if (space.IsSigned)
        {
            throw new InputException(
                $"--distribution {distribution} is for float multipliers, whose mantissas have no sign, and the shape is signed; give "
                    + $"--distribution {IntegerDistribution.All[0]}");
        }

        if (bits - 1 is < 1 or > Binary32.FractionBits)
            throw new InputException(
                $"--distribution {distribution} is for float multipliers, whose mantissas have 2 to {Binary32.FractionBits + 1} bits, "
                    + $"and the shape has {bits}; give --distribution {IntegerDistribution.All[0]}");
        return DesignMeasurement.OfFloats(OperandDistribution.Find(distribution), bits, samples, seed, library, form);
    }

    static DesignFigure AccuracyFigure(VariantOptions variant, ParseResult parse, int first, CancellationToken cancellation)
    {
        (Network network, Dataset images) = variant.Load(parse);
        Dataset some = images.First(Math.Min(first, images.Count));
        VariantOptions.Preparation preparation = variant.Prepare(parse, network, images);
        Func<Multiplier, Network> on = variant.On(parse, network, preparation, cancellation);
        bool isQuantised = network.IsQuantised || preparation.Ranges is not null;
        return new DesignFigure(
            Accuracy,
            design => Evaluation.Of(
                on(isQuantised ? new IntegerCircuit(design.Circuit) : new CircuitMultiplier(design.Circuit)), some).Accuracy,
            LargerIsBetter: true);
    }

    static string FigureName(string text) => Names.Find("figure", text, FigureNames, name => name);

    static (string, double) ParseGoal(string text)
    {
        string[] pair = text.Split('=', 2);
        if (pair.Length != 2)
            throw new InputException($"--meet is '{text}'; give a figure and a number, for example mred=0.12");
        return (FigureName(pair[0]), Values.Number("--meet", pair[1], number => number > 0, "a number above 0 after the ="));
    }

    static JsonObject Json(string circuit, DesignFigure[] figures, double[] values)
    {
        var json = new JsonObject { ["circuit"] = circuit };
        for (int i = 0; i < figures.Length; i++)
            json[figures[i].Name] = Output.Number(values[i]);
        return json;
    }
}
