using System.CommandLine;
using System.Text.Json.Nodes;
using Dapprox.Arithmetic;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Foundation;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox certify</c>: certified radii by randomised smoothing.</summary>
static class CertifyCommand
{
    const int DefaultImages = 100;
    const double DefaultSigma = 0.12, DefaultAlpha = 0.001;

    static readonly int[] DefaultSamples = [100, 1000];

    // In σ: the votes of the default certify up to 2.46 σ.
    static readonly double[] DefaultRadii = [0, 0.5, 1, 1.5, 2];

    public static Command Create()
    {
        var variant = new VariantOptions();
        Option<IReadOnlyList<MultiplierChoice>?> multipliers = MultiplierList.Option();
        Option<int> first = Values.Integer(
            "--first", "Certify this many images at most, after those skipped.", 1, DefaultImages);
        Option<double> sigma = Number(
            "--sigma", "X", "σ: the standard deviation of the noise, pixels from 0 to 1.", DefaultSigma,
            number => number is > 0 and <= 100, "a number above 0, up to 100, such as 0.25");
        Option<int[]> samples = Values.Option(
            "--samples", "N0,N",
            "The noisy copies of an image: N0 select the class, N others vote. More copies certify larger radii. "
                + $"[default: {string.Join(',', DefaultSamples)}]",
            Samples);
        Option<double> alpha = Number(
            "--alpha", "X", "α: the probability with which the certificate of an image may be wrong.", DefaultAlpha,
            number => number is > 0 and < 1, "a number above 0 and below 1, such as 0.001");
        Option<double[]> radii = Values.List(
            "--radii", "X,…",
            $"The L2 radii at which certified accuracy is stated. [default: {string.Join(',', DefaultRadii)} times σ]",
            text => Values.Number("--radii", text, number => number >= 0, "numbers of at least 0, such as 0,0.5,1"));
        Option<ulong> seed = SharedOptions.Seed();
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand(
            "certify", "Certify images by randomised smoothing: L2 radii within which no perturbation changes the class.",
            "The smoothed classifier gives an image the class that the network gives most often to noisy copies of it. It abstains where "
                + "the votes do not decide. Its class is certified within σ·Φ⁻¹(p), where p is the lower bound (Clopper-Pearson, 1 − α) "
                + "of that class's probability under the noise. The certificate is about the smoothed classifier with this "
                + "multiplier, not about the network; it requires nothing of the network, so it holds for approximate multipliers. "
                + "Certified accuracy at a radius: the fraction of the images that are certified with their true class and at least that "
                + "radius. Mean radius: of all images, 0 without a correct certificate. All multipliers see the same noise. A network that "
                + "was not trained with noise loses accuracy under it. "
                + "With --json: network, dataset, split, count, layers, accumulate, sigma, samples [N0, N], alpha, seed, maxRadius (the "
                + "largest that N votes can certify), rows [{multiplier, accuracy (of the smoothed classifier), abstained, meanRadius, "
                + "certified [{radius, accuracy, correct, interval}], images [{image (its position in the split), label, prediction, "
                + "certified, radius, lowerBound}]}]; prediction and certified are null where it abstains; with --calibrate also "
                + "calibrationImages, their number.");
        variant.AddTo(command, multipliers);
        foreach (Option option in (Option[])[first, sigma, samples, alpha, radii, seed, json])
            command.Add(option);
        command.SetAction((parse, cancellation) =>
        {
            (Network exact, Dataset images) = variant.Load(parse, parse.GetValue(first));
            IReadOnlyList<MultiplierChoice> compared = parse.GetValue(multipliers) ?? [variant.Default(parse, exact)];
            Multiplier[] multiplied = [.. compared.Select(item => variant.Find(parse, item, exact))];
            VariantOptions.Preparation preparation = variant.Prepare(parse, exact, images);
            Func<Multiplier, Network> on = variant.On(parse, exact, preparation, cancellation);
            int[] counts = parse.GetValue(samples) is { Length: > 0 } asked ? asked : DefaultSamples;
            SmoothedClassifier[] classifiers = [.. multiplied.Select(
                item => new SmoothedClassifier(on(item), parse.GetValue(sigma))
                {
                    SelectionSamples = counts[0],
                    Samples = counts[1],
                    Alpha = parse.GetValue(alpha),
                    Seed = parse.GetValue(seed),
                })];
            IReadOnlyList<Certificate>[] certificates = ProgressBar.While(
                "certifying", (double)compared.Count * images.Count,
                progress => classifiers.Select(one => one.Certify(images, () => progress(1), cancellation)).ToArray());

            double[] stated = parse.GetValue(radii) is { Length: > 0 } given
                ? given
                : Array.ConvertAll(DefaultRadii, radius => radius * parse.GetValue(sigma));
            var table = new CertificateTable([.. compared.Select(item => item.Given)], certificates, images, stated);
            if (parse.GetValue(json))
            {
                JsonObject result = variant.Json(parse, exact, images);
                result["sigma"] = parse.GetValue(sigma);
                result["samples"] = new JsonArray(counts[0], counts[1]);
                result["alpha"] = parse.GetValue(alpha);
                result["seed"] = parse.GetValue(seed);
                result["maxRadius"] = classifiers[0].MaxRadius;
                result["rows"] = table.Json();
                variant.AddTo(result, parse, preparation, multiplied);
                Output.PrintJson(result);
            }
            else
            {
                Output.Print(variant.Heading(parse, exact, images, preparation));
                Output.Print(
                    $"σ = {parse.GetValue(sigma)}, {counts[0]} + {counts[1]} noisy copies an image, α = {parse.GetValue(alpha)}; the "
                        + $"largest radius that can be certified is {classifiers[0].MaxRadius:F3}.");
                table.Print();
            }

            Output.NoteMantissas(multiplied);
            return Task.CompletedTask;
        });
        return command;
    }

    static Option<double> Number(
        string name, string valueName, string description, double otherwise, Func<double, bool> isLegal, string legal)
    {
        Option<double> option = Values.Option(name, valueName, description, text => Values.Number(name, text, isLegal, legal));
        option.DefaultValueFactory = _ => otherwise;
        return option;
    }

    static int[] Samples(string text)
    {
        const int Max = 100_000_000;
        return text.Split(',') is [string selecting, string voting]
            ? [(int)Values.ParseInteger("--samples", selecting, 1, Max), (int)Values.ParseInteger("--samples", voting, 1, Max)]
            : throw new InputException($"--samples is '{text}'; give two integers, such as {string.Join(',', DefaultSamples)}");
    }
}
