using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Dapprox.Arithmetic;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Foundation;
using Dapprox.Hardware;
using Dapprox.Networks;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Training;
using Dapprox.Search;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox assign</c>: searches a multiplier for each layer.</summary>
static class AssignCommand
{
    const int DefaultSearchImages = 500, DefaultValidationImages = 2_000;

    const int DefaultPopulation = 50, DefaultGenerations = 30, DefaultPoints = 15;

    // Up to this number all assignments are tried.
    const long MaxExhaustive = 2_000;

    const double DefaultLoss = 1;

    // Between two steps of the progress bar.
    const int MeasuredTogether = 16;

    // Of the choices of a search, one is the exact multiplier.
    const int MostChoices = 255;

    // Assignments that lose more on training images are not judged; training wins back more.
    const double JudgedLoss = 0.1, TrainedLoss = 0.4;

    public static Command Create()
    {
        var variant = new VariantOptions();
        Option<IReadOnlyList<MultiplierChoice>> from = Values.Option<IReadOnlyList<MultiplierChoice>>(
            "--from", "NAME,…",
            $"The multipliers to choose from, besides the exact one: {MultiplierList.Given}; or "
                + $"{MultiplierList.Evolved} for all evolved ones of up to {MultiplierList.EvolvedBits} bits ('dapprox multipliers "
                + "--evolved').",
            text => MultiplierList.Parse(MultiplierList.WithEvolved([text])));
        from.Required = true;
        Option<double?> loss = Values.Option<double?>(
            "--loss", "X", $"The accuracy that may be lost, in percentage points. [default: {DefaultLoss:F1}]",
            text => Values.Number("--loss", text, number => number is >= 0 and <= 100, "a number of percentage points from 0 to 100"));
        Option<int> searchImages = Values.Integer(
            "--search-images", "Search on the first N training images of the data set, or pictures of --images.", 2, DefaultSearchImages);
        Option<int?> validationImages = Values.Integer(
            "--validation-images",
            "Choose the front on the next N training images, or pictures of --images; 0 for those of the search. [default: "
                + $"{DefaultValidationImages}; 0 with --images]",
            min: 0);
        Option<int> population = Values.Integer("--population", "The population size of NSGA-II.", 4, DefaultPopulation);
        Option<int> generations = Values.Integer("--generations", "The number of generations of NSGA-II.", 0, DefaultGenerations);
        Option<int> points = Values.Integer(
            "--points", "Judge this many assignments at most: the front and, if it has fewer, those that it dominates.", 1, DefaultPoints);
        Option<int> retrain = Values.Integer(
            "--retrain", "Train each assignment for N epochs before it is judged, as 'dapprox finetune' does; 0 for not at all.", min: 0,
            otherwise: 0);
        Option<int?> first = SharedOptions.First("Judge on this many images at most, after those skipped.");
        Option<Epsilon?> epsilon = SharedOptions.RobustAt(
            $"Also measure robust accuracy at this L∞ distance, as 'dapprox compare' does, on the first {CompareCommand.DefaultAttacked} "
                + "images.");
        Option<CellLibrary> library = CellsListCommand.CellLibraryOption();
        Option<ulong> seed = SharedOptions.Seed();
        Option<string?> state = SharedOptions.SearchState();
        Option<string> output = RunOptions.Folder(
            "The folder of the results: front.csv, front.png, and 1.json and so on, each an assignment that is a --multiplier; with "
                + "--calibrate or --retrain also 1.onnx and so on, the quantised networks with their own biases and weights.",
            "assigned");
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand(
            "assign", "Search which multiplier in which layer gives the least energy for the accuracy that may be lost.",
            "First the accuracy is measured with each multiplier in each layer alone. Changes that save most energy for the accuracy "
                + $"that they cost, one after the other, give the assignments with which NSGA-II begins; up to {MaxExhaustive:N0} "
                + "assignments are all tried (after ALWANN: Mrázek et al., ICCAD 2019). The search sees few training images, which "
                + "flatter what it finds; so all that survived it are measured again on others, which decide the front. The front "
                + "is then judged on the images of --split, where energy is measured anew, on the activations of each assignment. "
                + "Energy: of all products of an image, relative to exact multipliers in all layers, as in 'dapprox compare'; so every "
                + "multiplier needs a circuit. In a quantised network exact is exact-uint8 where all multipliers are unsigned, else "
                + "exact-int8; what handles signs around an unsigned one is not priced. Each assignment is a file that every command takes "
                + "as --multiplier. The best single multiplier in all layers is one of them, and stands beside the front. "
                + "With --calibrate and --retrain each is calibrated, then trained, before it is judged; the search does neither. The same "
                + "seed finds the same assignments with any number of threads. With --json: network, dataset, split, count, "
                + "searchImages, validationImages, exact {accuracy, energyPerImage (pJ)}, front "
                + "[{file, model (its network; null as it is), energy, accuracy, correct, interval [low, high], loss (percentage points), "
                + "robustAccuracy, layers [{layer, multiplier}]}], best (the place in the front of the least energy within --loss; null "
                + "for none), single {multiplier, energy, accuracy, loss}, seconds.");
        variant.AddTo(command, from);
        foreach (Option option in (Option[])[
            loss, searchImages, validationImages, population, generations, points, retrain, first, epsilon, library, seed, state, output,
            json,
        ])
            command.Add(option);
        command.KeepsState = state;
        command.SetAction((parse, cancellation) =>
        {
            var watch = Stopwatch.StartNew();
            string folder = parse.GetValue(output)!;
            (Network network, Dataset whole) = variant.Load(parse);
            int validating = parse.GetValue(validationImages) ?? (variant.AreOwn(parse) ? 0 : DefaultValidationImages);
            (Dataset training, Dataset rest) = variant.Divide(
                parse, network, whole, (int)Math.Min(int.MaxValue, (long)parse.GetValue(searchImages) + validating));
            Dataset searched = training.First(parse.GetValue(searchImages));
            Dataset validated = training.Skip(searched.Count).First(validating), judged = rest.First(parse.GetValue(first) ?? rest.Count);
            IReadOnlyList<MultiplierChoice> asked = parse.GetValue(from)!;
            if (asked.FirstOrDefault(choice => choice.IsAssignment) is MultiplierChoice assigned)
                throw new InputException($"--from has {assigned.Given}, which is an assignment; give multipliers");
            if (asked.Count > MostChoices)
                throw new InputException($"--from has {asked.Count} multipliers; give {MostChoices} at most");
            Multiplier[] named = [.. asked.Select(choice => variant.Fitting(parse, choice, network))];
            // An unsigned array is smaller than a signed one, and would be the exact one of a designer of unsigned multipliers.
            MultiplierChoice exactChoice = named.All(multiplier => multiplier is IntegerMultiplier { IsSigned: false })
                ? new(new ExactIntegerMultiplier(MultiplierList.EvolvedBits, isSigned: false).Name)
                : variant.Default(parse, network);
            string[] names = [exactChoice.Given, .. asked.Select(choice => choice.Given)];
            Multiplier[] multipliers = [variant.Fitting(parse, exactChoice, network), .. named];
            int epochs = parse.GetValue(retrain);
            VariantOptions.Preparation preparation = variant.Prepare(parse, network, judged);
            Func<Multiplier, Network> uncalibrated = variant.On(parse, network, preparation with { Calibration = null }, cancellation);
            Func<Multiplier, Network> on = variant.On(parse, network, preparation, cancellation);

            AssignmentSearch search = ProgressBar.While("pricing", 1.0, progress => new AssignmentSearch(
                multipliers, uncalibrated, searched, parse.GetValue(library)!, parse.GetValue(seed), progress, cancellation));
            IReadOnlyList<byte[]> seeds = ProgressBar.While(
                "measuring sensitivity", 1.0, progress => search.Seeds(progress, cancellation));
            // One multiplier in all layers; the first is exact.
            byte[][] uniform = [.. multipliers.Select((_, choice) => Enumerable.Repeat((byte)choice, search.Layers.Count).ToArray())];
            Candidate[] tried = search.Problem.EvaluateAll([.. uniform, .. seeds], threads: 0, cancellation);
            SearchMethod method = ExhaustiveSearch.Count(search.Problem) <= MaxExhaustive
                ? new ExhaustiveSearch(search.Problem)
                : new Nsga2(search.Problem, parse.GetValue(population), parse.GetValue(generations), parse.GetValue(seed))
                {
                    First = Thinned(seeds, parse.GetValue(population) / 2),
                };
            string text = string.Create(
                CultureInfo.InvariantCulture,
                $"assign {string.Join('+', names)} in {variant.Identify(parse)}, {searched.Count} images, {method.Summary}");
            IReadOnlyList<Candidate> found = SearchProgress.Run(
                method, text, search.Problem, objectives: 2, parse.GetValue(state), cancellation).Candidates;

            Candidate[] known = [.. tried.Concat(found).DistinctBy(candidate => Convert.ToHexString(candidate.Genes))];
            if (validated.Count > 0)
            {
                SearchProblem anew = search.ProblemOn(validated);
                known = ProgressBar.While("validating", known.Length, progress => (Candidate[])[.. known.Chunk(MeasuredTogether).SelectMany(
                    some =>
                    {
                        Candidate[] measured = anew.EvaluateAll([.. some.Select(one => one.Genes)], threads: 0, cancellation);
                        progress(some.Length);
                        return measured;
                    })]);
            }

            Candidate[] singles = known[..uniform.Length];
            double mostLost = epochs > 0 ? TrainedLoss : JudgedLoss;
            byte[][] front = Chosen(
                known.Where(candidate =>
                    candidate.Values[1] <= singles[0].Values[1] + mostLost && candidate.Genes.Any(choice => choice > 0)),
                parse.GetValue(points));
            if (front.Length == 0)
                throw new InputException(
                    $"with every assignment that was tried the network loses more than {100 * mostLost:F0} percentage points; give "
                        + "multipliers with smaller errors in --from");
            double most = (parse.GetValue(loss) ?? DefaultLoss) / 100;
            bool changes = epochs > 0 || preparation.Calibration is not null;
            var trained = new Dictionary<Multiplier, Network>();

            var comparison = new Comparison(on(multipliers[0]), Fitted, judged)
            {
                Library = parse.GetValue(library)!,
                Epsilon = parse.GetValue(epsilon)?.Value,
                AttackedImages = CompareCommand.DefaultAttacked,
                Seed = parse.GetValue(seed),
            };
            ComparisonRow exact = comparison.Measure(multipliers[0], cancellation: cancellation);
            (int singleChoice, ComparisonRow single) = Single(
                singles, choice => comparison.Measure(multipliers[choice], cancellation: cancellation), exact, most);
            ComparisonRow[] rows = ProgressBar.While("judging", front.Length, progress => Array.ConvertAll(front, genes =>
            {
                ComparisonRow row = comparison.Measure(search.Assignment(genes), cancellation: cancellation);
                progress(1);
                return row;
            }));
            List<(byte[] Genes, ComparisonRow Row)> judgements = [.. front.Zip(rows)];
            // An assignment, too: on images that the search has not seen none of the others may be as good.
            if (singleChoice > 0 && !front.Any(genes => genes.SequenceEqual(uniform[singleChoice])))
                judgements.Add((uniform[singleChoice], single));
            judgements = [.. judgements.OrderBy(one => one.Row.Price!.RelativeEnergy)];

            var result = new AssignmentTable(
                names, search.Layers, [.. judgements.Select(one => one.Genes)], [.. judgements.Select(one => one.Row)], exact, single,
                most, folder, parse.GetValue(epsilon));
            result.Save(
                network.Name, $"{network.Name} on {judged.Name}, {judged.Count} images",
                changes ? row => Fitted(row.Multiplier) : null);
            double seconds = watch.Elapsed.TotalSeconds;
            if (parse.GetValue(json))
            {
                JsonObject values = variant.Json(parse, network, judged);
                values["searchImages"] = searched.Count;
                values["validationImages"] = validated.Count;
                variant.AddTo(values, parse, preparation, multipliers);
                result.AddTo(values);
                values["seconds"] = seconds;
                Output.PrintJson(values);
                return Task.CompletedTask;
            }

            Output.Print(variant.Heading(parse, network, judged, preparation));
            result.Print(seconds);
            return Task.CompletedTask;

            // Calibrated and trained for its multipliers, if so asked; the exact network is the one that it is compared with.
            Network Fitted(Multiplier multiplier)
            {
                Network fitted = on(multiplier);
                if (epochs == 0 || multiplier == multipliers[0])
                    return fitted;
                if (!trained.TryGetValue(multiplier, out Network? own))
                {
                    TrainingOptions options = TrainingOptions.Finetuning with { Epochs = epochs, Seed = parse.GetValue(seed) };
                    trained[multiplier] = own = Trainer.Train(fitted, training, options, cancellation: cancellation).Network;
                }

                return own;
            }
        });
        return command;
    }

    /// <summary>
    /// The front, thinned, by rising energy. Where it has fewer than wanted, the front of the rest follows, and so on: the images are
    /// few, and on others a small difference turns round.
    /// </summary>
    static byte[][] Chosen(IEnumerable<Candidate> found, int count)
    {
        List<Candidate> left = [.. found];
        var chosen = new List<byte[]>();
        var energies = new Dictionary<byte[], double>();
        while (chosen.Count < count && left.Count > 0)
        {
            Candidate[] front = [.. ParetoFront.Of(left).OrderBy(candidate => candidate.Values[0])];
            foreach (Candidate candidate in front)
                energies[candidate.Genes] = candidate.Values[0];
            chosen.AddRange(Thinned([.. front.Select(candidate => candidate.Genes)], count - chosen.Count));
            left.RemoveAll(front.Contains);
        }

        return [.. chosen.OrderBy(genes => energies[genes])];
    }

    /// <summary>Some of a list, evenly spaced, the first and the last among them.</summary>
    static byte[][] Thinned(IReadOnlyList<byte[]> all, int count) => all.Count <= count ? [.. all]
        : count == 1 ? [all[0]]
        : [.. Enumerable.Range(0, count).Select(i => all[(int)Math.Round(i * (all.Count - 1.0) / (count - 1))])];

    /// <summary>The multiplier that, in all layers, has the least energy within the loss: the exact one, if no other.</summary>
    /// <param name="singles">The multipliers on training images, the exact one first.</param>
    /// <param name="judge">Judges one by its index.</param>
    static (int Choice, ComparisonRow Row) Single(Candidate[] singles, Func<int, ComparisonRow> judge, ComparisonRow exact, double most)
    {
        // Those far from the bound on training images are not judged.
        const double Margin = 0.02;
        return Enumerable.Range(1, singles.Length - 1)
            .Where(choice => singles[choice].Values[0] < 1 && singles[choice].Values[1] - singles[0].Values[1] <= most + Margin)
            .OrderBy(choice => singles[choice].Values[0])
            .Select(choice => (choice, judge(choice)))
            .FirstOrDefault(judged => AssignmentTable.Loss(judged.Item2, exact) <= most, (0, exact));
    }
}
