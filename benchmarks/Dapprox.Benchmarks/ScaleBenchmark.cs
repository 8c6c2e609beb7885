using System.Diagnostics;
using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Networks.Formats.Onnx;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Measurement;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tensor = Dapprox.Networks.Tensors.Tensor;

namespace Dapprox.Benchmarks;

/// <summary>
/// Networks for 224×224 pictures against ONNX Runtime, which computes exactly: time on two threads, memory, and where the time goes.
/// </summary>
static class ScaleBenchmark
{
    /// <summary>The word on the command line.</summary>
    public const string Name = "scale";

    const string Runtime = "ONNX Runtime, exact";

    const int Threads = 2, Rounds = 11, LayersShown = 6;

    // Of the largest logit, as for every imported network.
    const float Rounding = 1e-4f;

    static readonly FloatMultiplier[] Multipliers = [
        ExactMultiplier.Rounded, ExactMultiplier.FusedSum, Bfloat16Multiplier.Truncated, AxFpm.Released];

    public static void Run(TextWriter output, string[] names)
    {
        output.WriteLine(
            $"One image at a time, {Threads} threads, random weights; medians of {Rounds} rounds, every round runs every row. Memory is "
                + "the peak of a separate process, from reading the file to the third image.");
        output.WriteLine();
        IEnumerable<string> chosen = names.Length == 0 ? LargeNetworks.Names : names.Select(
            given => Names.Find("network", given, LargeNetworks.Names, known => known));
        foreach (string name in chosen)
            WithFile(name, path => Run(output, name, path));
    }

    /// <summary>Reads a model and passes three images through it: the work whose memory is measured.</summary>
    public static void Work(string side, string model)
    {
        Tensor image = Image();
        if (side == Runtime)
        {
            using InferenceSession session = Session(model);
            for (int i = 0; i < 3; i++)
                Forward(session, image);
        }
        else
        {
            Network network = OnnxModels.Load(model).With(Dapprox.Multipliers.Find(side), threads: Threads);
            for (int i = 0; i < 3; i++)
                network.Forward(image);
        }
    }

    static void Run(TextWriter output, string name, string path)
    {
        Network exact = OnnxModels.Load(path);
        Tensor image = Image();
        using InferenceSession session = Session(path);
        CheckSame(name, Forward(session, image), exact.Forward(image).Data);

        Network[] networks = [.. Multipliers.Select(multiplier => exact.With(multiplier, threads: Threads))];
        var contest = new Contest(1, Rounds);
        contest.Add(Runtime, () => Forward(session, image));
        foreach ((FloatMultiplier multiplier, Network network) in Multipliers.Zip(networks))
            contest.Add(multiplier.Name, () => network.Forward(image));

        output.WriteLine($"### {name}, {exact.Multiplications / 1e9:F2} G multiplications an image");
        output.WriteLine();
        output.WriteLine("| | images/s | Gmac/s | time, ONNX Runtime = 1 | memory, MB | ONNX Runtime = 1 |");
        output.WriteLine("|---|---:|---:|---:|---:|---:|");
        double? most = null;
        foreach ((string entrant, double rate, double ratio) in contest.Run())
        {
            double memory = PeakMemory.Measure(Name, entrant, path);
            most ??= memory;
            output.WriteLine(
                $"| {entrant} | {rate:F2} | {rate * exact.Multiplications / 1e9:F1} | {1 / ratio:F2} | {memory / 1e6:F0} | "
                    + $"{memory / most:F2} |");
        }

        output.WriteLine();
        PrintShares(output, AxFpm.Released.Name, networks[^1], image);
        RunQuantised(output, name, exact, image, path);
    }

    /// <summary>The network with integers of 8 bits, against ONNX Runtime on the file that we write of it.</summary>
    static void RunQuantised(TextWriter output, string name, Network exact, Tensor image, string path)
    {
        var random = new Random(1);
        var table = new TableMultiplier("any table", 8, isSigned: false, (_, _) => random.Next(1 << 16));
        Network quantised = new PostTrainingQuantisation().Run(exact, image);
        string file = Path.ChangeExtension(path, "int8.onnx");
        OnnxModels.Save(file, quantised);
        using InferenceSession session = Session(file);
        float[] expected = Forward(session, image), actual = quantised.Forward(image).Data;
        float largest = expected.Max(MathF.Abs), off = expected.Zip(actual, (theirs, ours) => MathF.Abs(theirs - ours)).Max();

        Network integers = quantised.With(ExactIntegerMultiplier.Int8, threads: Threads);
        Network looked = quantised.With(table, threads: Threads);
        var contest = new Contest(1, Rounds);
        contest.Add($"{Runtime}, int8", () => Forward(session, image));
        contest.Add(ExactIntegerMultiplier.Int8.Name, () => integers.Forward(image));
        contest.Add(table.Name, () => looked.Forward(image));

        output.WriteLine($"### {name}, int8");
        output.WriteLine();
        output.WriteLine("| | images/s | Gmac/s | time, ONNX Runtime = 1 |");
        output.WriteLine("|---|---:|---:|---:|");
        foreach ((string entrant, double rate, double ratio) in contest.Run())
            output.WriteLine($"| {entrant} | {rate:F2} | {rate * exact.Multiplications / 1e9:F1} | {1 / ratio:F2} |");
        output.WriteLine();
        output.WriteLine($"Exact logits differ from those of ONNX Runtime by at most {off / largest:P2} of the largest.");
        output.WriteLine();
        PrintShares(output, table.Name, looked, image);
    }

    /// <summary>Where the time of an image goes.</summary>
    static void PrintShares(TextWriter output, string multiplier, Network network, Tensor image)
    {
        double[] seconds = new double[network.Layers.Count];
        for (int round = 0; round < Rounds; round++)
        {
            int last = -1;
            long start = 0;
            network.Observe(image, (place, _) =>
            {
                Note();
                (last, start) = (place, Stopwatch.GetTimestamp());
            });
            Note();

            void Note()
            {
                if (last >= 0)
                    seconds[last] += Stopwatch.GetElapsedTime(start).TotalSeconds;
            }
        }

        double whole = seconds.Sum();
        IEnumerable<(string, double)> kinds = network.Layers.Zip(seconds)
            .GroupBy(timed => Kind(timed.First), (kind, timed) => (kind, timed.Sum(one => one.Second)));
        IEnumerable<(string, double)> longest = network.Layers.Zip(seconds, (layer, time) => (layer.Name, time))
            .OrderByDescending(timed => timed.time).Take(LayersShown);
        output.WriteLine($"Time of {multiplier} by kind of layer: {Shares(kinds)}. The longest: {Shares(longest)}.");
        output.WriteLine();

        string Shares(IEnumerable<(string Name, double Seconds)> parts) =>
            string.Join(", ", parts.OrderByDescending(part => part.Seconds).Select(part => $"{part.Name} {part.Seconds / whole:P1}"));

        static string Kind(Layer layer) => layer is Convolution2D { Shape.Groups: > 1 } ? "grouped convolution" : layer.GetType().Name;
    }

    static void CheckSame(string name, float[] expected, float[] actual)
    {
        float largest = expected.Max(MathF.Abs);
        double off = expected.Zip(actual, (theirs, ours) => Math.Abs(theirs - ours) / largest).Max();
        if (!(off <= Rounding))
            throw new InputException($"{name}: our exact logits and ONNX Runtime's differ by {off} of the largest");
    }

    static void WithFile(string name, Action<string> run)
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("dapprox-").FullName, $"{name}.onnx");
        try
        {
            File.WriteAllBytes(path, LargeNetworks.Build(name));
            run(path);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    static Tensor Image()
    {
        Tensor image = Tensor.Zeros(1, 3, 224, 224);
        var random = new CounterRandom(2, 1);
        for (int i = 0; i < image.Data.Length; i++)
            image.Data[i] = random.NextSingle(0, 1);
        return image;
    }

    static InferenceSession Session(string path)
    {
        using var options = new SessionOptions
        {
            IntraOpNumThreads = Threads,
            InterOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR
        };
        // Its threads would go on looking for work while the next entrant runs.
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        return new InferenceSession(path, options);
    }

    static float[] Forward(InferenceSession session, Tensor image)
    {
        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> results = session.Run(
            [NamedOnnxValue.CreateFromTensor(session.InputNames[0], new DenseTensor<float>(image.Data, image.Shape))]);
        return [.. results[0].AsEnumerable<float>()];
    }
}
