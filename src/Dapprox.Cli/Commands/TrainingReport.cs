using System.Globalization;
using System.Text.Json.Nodes;
using Dapprox.Arithmetic;
using Dapprox.Cli.Terminal;
using Dapprox.Foundation;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Training;

namespace Dapprox.Cli.Commands;

/// <summary>What <c>train</c> and <c>finetune</c> do alike: the training with its progress, and its report.</summary>
static class TrainingReport
{
    /// <summary>Trains, and notes each epoch.</summary>
    /// <param name="reports">Receives a report for each epoch.</param>
    public static TrainingResult Train(
        Network network, Dataset data, TrainingOptions options, List<EpochReport> reports, CancellationToken cancellation)
    {
        return ProgressBar
            .While($"training {network.Name}", report => Trainer.Train(network, data, options, new Listener<EpochReport>(epoch =>
        {
            reports.Add(epoch);
            Output.Note(Line(epoch, options.Epochs));
            report((double)epoch.Epoch / options.Epochs, $"training {network.Name}, {epoch.Epoch} of {options.Epochs} epochs");
        }), cancellation));
    }

    /// <summary>Prints the report as JSON.</summary>
    /// <param name="key">What is trained: <c>architecture</c> or <c>model</c>.</param>
    /// <param name="name">The name of it.</param>
    public static void PrintJson(
        string key, string name, TrainingResult result, string file, Multiplier multiplier, Evaluation? judged,
        List<EpochReport> reports, double seconds) =>
        Output.PrintJson(new JsonObject
        {
            [key] = name,
            ["dataset"] = result.Dataset,
            ["multiplier"] = multiplier.Name,
            ["file"] = file,
            ["initialValidationAccuracy"] = result.InitialAccuracy,
            ["bestEpoch"] = result.BestEpoch,
            ["validationAccuracy"] = result.ValidationAccuracy,
            ["testAccuracy"] = judged?.Accuracy,
            ["epochs"] = new JsonArray([.. reports.Select(report => new JsonObject
            {
                ["epoch"] = report.Epoch,
                ["loss"] = report.Loss,
                ["trainAccuracy"] = report.TrainAccuracy,
                ["validationAccuracy"] = report.ValidationAccuracy,
            })]),
            ["seconds"] = seconds,
        });

    public static void Print(
        string name, TrainingResult result, string file, Multiplier multiplier, Evaluation? judged, double seconds)
    {
        Output.Print($"{file}: {name} trained on {result.Dataset} with {multiplier.Name} in {seconds:F1} s");
        string heldOut = $"of the {result.HeldOut}{(result.Options.AdversarialEpsilon > 0 ? " perturbed" : "")} held-out images";
        Output.Print(
            (result.BestEpoch == 0
                ? $"no epoch is as good as the network was before, whose numbers are saved: {Output.Percent(result.ValidationAccuracy)} "
                    + heldOut
                : $"best epoch {result.BestEpoch}: {Output.Percent(result.ValidationAccuracy)} {heldOut} "
                    + $"({Output.Percent(result.InitialAccuracy)} before the training)")
                + (judged is null
                    ? ""
                    : $", {Output.Percent(judged.Accuracy)} of the test images ({judged.Correct} of {judged.Count})"));
    }

    static string Line(EpochReport report, int epochs) => string.Create(CultureInfo.InvariantCulture,
        $"epoch {report.Epoch} of {epochs}: loss {report.Loss:F4}, accuracy {Output.Percent(report.TrainAccuracy)}, held-out "
            + $"{Output.Percent(report.ValidationAccuracy)}{(report.Best ? ", best" : "")}");
}
