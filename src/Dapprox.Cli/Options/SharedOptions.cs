using System.CommandLine;
using System.Globalization;
using Dapprox.Arithmetic;
using Dapprox.Circuits.Formats;
using Dapprox.Foundation;
using Dapprox.Kernels;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Models;

namespace Dapprox.Cli.Options;

/// <summary>The options shared by several commands. Each call creates a new one for one command.</summary>
static class SharedOptions
{
    /// <summary>The legal forms of a multiplier, for help.</summary>
    public const string MultiplierForms = "a name that 'dapprox multipliers' lists, the description of a mantissa circuit "
        + "(array:24:ama1), an evolved multiplier of integers ('dapprox multipliers --evolved'), or a file of a circuit (.v, .blif, "
        + ".json, .cgp) or of a table of all products (.npy, .bin, .csv, .txt)";

    public static Option<bool> Json() => new("--json")
    {
        Description = "Print one JSON object on stdout and nothing else there. Rates are fractions from 0 to 1; numbers have all their "
            + "digits.",
    };

    public static Option<string?> Model() => new("--model")
    {
        HelpName = "FILE|NAME",
        Description = "The network: a .safetensors, .pt or .onnx file, or one that is included "
            + $"({string.Join(", ", TrainedModels.Shipped)}). [default: the one for the data set]",
    };

    public static Option<DatasetDefinition?> Dataset() => Values.Option<DatasetDefinition?>(
        "--dataset", "NAME",
        $"The images: {string.Join(", ", Datasets.All.Select(definition => definition.Name))}; 'dapprox datasets' shows their status. "
            + $"[default: {Datasets.All[0].Name}]",
        Datasets.Find);

    public static Option<string?> Data() => new("--data")
    {
        HelpName = "DIR",
        Description = $"The folder of the data sets. [default: the environment variable {Datasets.FolderVariable}, "
            + "else ~/.local/share/dapprox]",
    };

    public static Option<Choice<Split>> Split() => Values.Choice<Split>(
        "--split", "The test images or the training images.",
        new("test", Networks.Data.Split.Test), new("train", Networks.Data.Split.Train));

    /// <summary>The multiplier of floats.</summary>
    public static Option<FloatMultiplier> Multiplier()
    {
        Option<FloatMultiplier> option = Values.Option("--multiplier", "NAME", $"The multiplier: {MultiplierForms}.", text => One(
            text, CircuitFiles.FindMultiplier));
        option.DefaultValueFactory = _ => Multipliers.All[0];
        option.CompletionSources.Add([.. Multipliers.All.Select(multiplier => multiplier.Name)]);
        return option;
    }

    /// <summary>The multiplier of floats or, in a quantised network, of integers; null if none is given.</summary>
    public static Option<MultiplierChoice?> AnyMultiplier()
    {
        Option<MultiplierChoice?> option = Values.Option<MultiplierChoice?>(
            "--multiplier", "NAME",
            $"The multiplier: {MultiplierForms}. In a quantised network a circuit or a table multiplies integers, and "
                + "MULTIPLIER@ACCUMULATOR adds the products otherwise than in int32, as exact-int8@int16:saturate or "
                + $"exact-int8@loa:8 ('dapprox multipliers --help'). A multiplier for each layer is {AssignedLayers.Form}. "
                + $"[default: {Multipliers.All[0]}, in a quantised network {ExactIntegerMultiplier.Int8}]",
            text => One(text, given => MultiplierChoice.Parse(given)));
        option.CompletionSources.Add([.. Multipliers.All.Select(multiplier => multiplier.Name), ExactIntegerMultiplier.Int8.Name]);
        return option;
    }

    static T One<T>(string text, Func<string, T> find) => text.Contains(',', StringComparison.Ordinal) && !File.Exists(text)
        ? throw new InputException($"--multiplier is '{text}'; give one (dapprox compare takes several)")
        : find(text);

    public static Option<LayerSelection> Layers(string which = "The layers that the multiplier replaces")
    {
        Option<LayerSelection> option = Values.Option(
            "--layers", "NAME,…",
            $"{which}: {string.Join("; ", LayerSelection.Known.Select(known => $"{known}, {known.Summary}"))}; or the names of layers, "
                + "in which * stands for any letters.",
            LayerSelection.Parse);
        option.DefaultValueFactory = _ => LayerSelection.All;
        return option;
    }

    public static Option<Choice<Accumulation>> Accumulate() => Values.Choice<Accumulation>(
        "--accumulate", "The accumulator format: float32 as in hardware, or float64 as in the released code of the paper.",
        new("float32", Accumulation.Float32), new("float64", Accumulation.Float64));

    public static Option<Choice<SignHandling>> Signs() => Values.Choice<SignHandling>(
        "--signs",
        "How signed weights enter an unsigned multiplier: as their absolute values, the product being negated where the signs differ, or "
            + "shifted by half of their range.",
        new("sign-magnitude", SignHandling.SignMagnitude), new("offset", SignHandling.Offset));

    public static Option<int> Skip() => Values.Integer("--skip", "Skip the first N images of the split.", min: 0, otherwise: 0);

    public static Option<int?> First(string description) => Values.Integer("--first", description + " [default: all]", 1);

    /// <summary>The file of a search that can be interrupted.</summary>
    public static Option<string?> SearchState() => new("--state")
    {
        HelpName = "FILE",
        Description = "Save the state of the search in this file, and resume from it if it exists, also with more generations.",
    };

    /// <summary>The distance at which robust accuracy is measured, too; null for no attack.</summary>
    public static Option<Epsilon?> RobustAt(string description) => Values.Option<Epsilon?>(
        "--epsilon", "X", description + " Pixels go from 0 to 1; give a number or a fraction: 0.03, 8/255. [default: no attack]",
        text => Options.Epsilon.Parse(
            "--epsilon", text, number => number is > 0 and <= 1, "a number or a fraction above 0, up to 1, such as 0.03 or 8/255"));

    public static Option<ulong> Seed()
    {
        Option<ulong> option = Values.Option(
            "--seed", "N", "Determines every random number: the same seed gives the same results.",
            text => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed)
                ? seed
                : throw new InputException($"--seed is '{text}'; give an integer from 0 to {ulong.MaxValue}"));
        option.DefaultValueFactory = _ => 1;
        return option;
    }
}
