using System.CommandLine;
using System.Globalization;
using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks;
using Dapprox.Networks.Training;

namespace Dapprox.Cli.Options;

/// <summary>The options of a training. One that is not given keeps the default of what is trained.</summary>
sealed class TrainingSettings
{
    readonly IReadOnlyList<(string Name, TrainingOptions Options)> defaults;
    // Each changes the options if it is given.
    readonly List<Func<ParseResult, TrainingOptions, TrainingOptions>> changes = [];
    readonly List<Option> all = [];
    readonly Option<ulong> seed = SharedOptions.Seed();

    readonly Option<string?> checkpoint = new("--checkpoint")
    {
        HelpName = "FILE",
        Description = "Save the state here after each epoch. If the file exists, training resumes from it, to the weights of an "
            + "uninterrupted training. [default: none]",
    };

    /// <summary>Creates the options for one command.</summary>
    /// <param name="defaults">The defaults, by the names of what is trained; one without a name if there is only one.</param>
    /// <param name="ofIntegers">Whether networks of integers are trained, too, whose products have gradients of their own.</param>
    public TrainingSettings(IReadOnlyList<(string Name, TrainingOptions Options)> defaults, bool ofIntegers)
    {
        this.defaults = defaults;
        Integer(
            "--epochs", "The maximum number of epochs.", 1, options => options.Epochs, (options, given) => options with { Epochs = given });
        Integer(
            "--patience", "End after this many epochs without a better one on the held-out images; 0 for never.", 0,
            options => options.Patience, (options, given) => options with { Patience = given });
        Integer(
            "--batch-size", "The batch size.", 1, options => options.BatchSize, (options, given) => options with { BatchSize = given });
        Choice(
            "--optimiser", "Adam and stochastic gradient descent (sgd, with a momentum of 0.9), and their variants.",
            options => options.Optimiser, (options, given) => options with { Optimiser = given });
        Number(
            "--learning-rate", "The initial learning rate.", number => number > 0, "a number above 0, such as 0.001",
            options => options.LearningRate, (options, given) => options with { LearningRate = given });
        Choice(
            "--schedule", "The learning rate falls to zero along half a cosine; is divided by 10 after half and three quarters of the "
                + "epochs (step); or stays (constant).",
            options => options.Schedule, (options, given) => options with { Schedule = given });
        Choice(
            "--gradient", ofIntegers
                ? "The gradient of approximate products: of the exact ones; the expected slopes of the approximate ones, which need a "
                    + "smaller learning rate; or for integers the differences of products that are smoothed over a window of the "
                    + "operand (Meng et al. 2025), or of both."
                : "The gradient of approximate products: of the exact ones, or the expected slopes of the approximate ones, which need a "
                    + "smaller learning rate.",
            options => options.Gradient, (options, given) => options with { Gradient = given },
            ofIntegers ? null : [ProductGradient.StraightThrough, ProductGradient.Smoothed]);
        if (ofIntegers)
        {
            Integer(
                "--window", "The half width of the window of --gradient window, in integers.", 1,
                options => options.Window ?? ProductDerivatives.DefaultHalfWidth, (options, given) => options with { Window = given },
                ProductDerivatives.MaxHalfWidth);
        }

        Number(
            "--weight-decay", "The weight decay (L2).", number => number >= 0, "a number of at least 0, such as 0.0005",
            options => options.WeightDecay, (options, given) => options with { WeightDecay = given });
        Number(
            "--clip-norm", "Scale gradients down to this L2 norm; 0 for no limit.", number => number >= 0,
            "a number of at least 0, such as 1",
            options => options.ClipNorm, (options, given) => options with { ClipNorm = given });
        Number(
            "--label-smoothing", "The probability that targets give to all classes alike.", number => number is >= 0 and < 1,
            "a number from 0 to below 1, such as 0.1", options => options.LabelSmoothing,
            (options, given) => options with { LabelSmoothing = given });
        Number(
            "--dropout", "Set each input of a dense layer, the last one excepted, to zero with this probability.",
            number => number is >= 0 and < 1, "a number from 0 to below 1, such as 0.5", options => options.Dropout,
            (options, given) => options with { Dropout = given });
        Integer(
            "--shift", "Augmentation: shift each image by up to this many pixels in each direction.", 0, options => options.Shift,
            (options, given) => options with { Shift = given }, TrainingOptions.MostPixels);
        Number(
            "--rotation", "Augmentation: rotate each image by up to this many degrees in either direction.",
            number => number is >= 0 and <= 180, "a number of degrees from 0 to 180", options => options.Rotation,
            (options, given) => options with { Rotation = given });
        // Not a bool: the parser would take any other word for an argument of the command.
        Option<string?> flip = Values.Option<string?>(
            "--flip", "true|false", Described("Augmentation: mirror every second image.", options => options.Flip ? "true" : "false"),
            given => Names.Find("value of --flip", given, ["true", "false"], word => word));
        all.Add(flip);
        changes.Add((parse, options) => parse.GetValue(flip) is { } given ? options with { Flip = given == "true" } : options);
        Integer(
            "--cut-out", "Augmentation: set a square of this side at a random place of each image to zero.", 0, options => options.CutOut,
            (options, given) => options with { CutOut = given }, TrainingOptions.MostPixels);
        Number(
            "--adversarial-epsilon",
            "Adversarial training: train on images perturbed by up to this much per pixel against the network; 0 for none.",
            number => number is >= 0 and <= 1, "a number from 0 to 1, such as 0.1", options => options.AdversarialEpsilon,
            (options, given) => options with { AdversarialEpsilon = given });
        Integer(
            "--adversarial-steps", "The number of gradient steps of the perturbation: 1 after Wong et al. 2020, more after Madry et al. "
                + "2018.",
            1, options => options.AdversarialSteps, (options, given) => options with { AdversarialSteps = given });
        Option<AttackEntry?> attack = Values.Option<AttackEntry?>(
            "--adversarial-attack", "NAME",
            Described(
                "Perturb by this attack ('dapprox attacks') instead of gradient steps.", options => options.AdversarialAttack ?? "none"),
            AttackCatalogue.Find);
        all.Add(attack);
        changes.Add((parse, options) => parse.GetValue(attack) is { } given ? options with { AdversarialAttack = given.Name } : options);
        Number(
            "--adversarial-fraction", "The fraction of each batch that is perturbed.", number => number is > 0 and <= 1,
            "a number above 0 and at most 1", options => options.AdversarialFraction,
            (options, given) => options with { AdversarialFraction = given });
        Number(
            "--trades",
            "Train on clean images plus this much of the divergence of predictions for the perturbed ones (Zhang et al. 2019); 0 "
                + "for the perturbed ones alone.",
            number => number >= 0, "a number of at least 0, such as 6", options => options.Trades,
            (options, given) => options with { Trades = given });
        Add(
            "--threads", "N", "The maximum number of threads; the weights do not depend on it.",
            options => options.Threads == 0 ? "the number of processors" : options.Threads,
            text => (int)Values.ParseInteger("--threads", text, 1, int.MaxValue),
            (TrainingOptions options, int given) => options with { Threads = given });
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<Option> All => [.. all, seed, checkpoint];

    /// <summary>The option for the file that keeps the state of an interrupted training.</summary>
    public Option<string?> Checkpoint => checkpoint;

    /// <summary>The options of the training.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="own">The defaults of what is trained.</param>
    public TrainingOptions Read(ParseResult parse, TrainingOptions own) => changes.Aggregate(
        own with { Seed = parse.GetValue(seed), CheckpointPath = parse.GetValue(checkpoint) }, (options, change) => change(parse, options));

    void Integer(
        string name, string text, int min, Func<TrainingOptions, int> value, Func<TrainingOptions, int, TrainingOptions> change,
        int max = int.MaxValue) =>
        Add(name, "N", text, options => value(options), given => (int)Values.ParseInteger(name, given, min, max), change);

    void Number(
        string name, string text, Func<double, bool> isLegal, string legal, Func<TrainingOptions, double> value,
        Func<TrainingOptions, double, TrainingOptions> change) =>
        Add(name, "X", text, options => value(options), given => Values.Number(name, given, isLegal, legal), change);

    void Choice<T>(
        string name, string text, Func<TrainingOptions, T> value, Func<TrainingOptions, T, TrainingOptions> change, T[]? choices = null)
        where T : struct, Enum
    {
        choices ??= Enum.GetValues<T>();
        Add(
            name, string.Join('|', choices.Select(Word)), text, options => Word(value(options)),
            given => Names.Find($"value of {name}", given, choices, Word), change);
    }

    void Add<T>(
        string name, string form, string text, Func<TrainingOptions, object> value, Func<string, T> parseValue,
        Func<TrainingOptions, T, TrainingOptions> change)
        where T : struct
    {
        Option<T?> option = Values.Option<T?>(name, form, Described(text, value), given => parseValue(given));
        all.Add(option);
        changes.Add((parse, options) => parse.GetValue(option) is T given ? change(options, given) : options);
    }

    /// <summary>A help text with the defaults.</summary>
    string Described(string text, Func<TrainingOptions, object> value)
    {
        string[] values = [.. defaults.Select(own => string.Create(CultureInfo.InvariantCulture, $"{value(own.Options)}"))];
        string shown = values.Distinct().Count() == 1 ? values[0] : string.Join(
            ", ", defaults.Zip(values, (own, one) => $"{one} for {own.Name}"));
        return $"{text} [default: {shown}]";
    }

    /// <summary>The name of a value on the command line: <c>Window2d</c> is <c>window-2d</c>.</summary>
    static string Word<T>(T value)
        where T : struct, Enum =>
        string.Concat(value.ToString().Select((letter, index) => !char.IsLower(letter) && index > 0 && value.ToString() != "AdamW"
            ? $"-{char.ToLowerInvariant(letter)}"
            : $"{char.ToLowerInvariant(letter)}"));
}
