using Dapprox.Networks.Training;
using Dapprox.Tests.Layers;
using TorchSharp;
using Xunit;

namespace Dapprox.Tests.Training;

public class OptimiserTests
{
    const int Steps = 5;

    // Steps of some hundredth; ours in binary32, of numbers up to 1 (2⁻²⁴ each), LibTorch's in binary64.
    const double Tolerance = 1e-6;

    // 19 and 3 numbers: vectors and what is left of them.
    static readonly int[] Lengths = [19, 3];

    public static TheoryData<Optimiser, double, double> Cases
    {
        get
        {
            var cases = new TheoryData<Optimiser, double, double>();
            foreach (Optimiser optimiser in Enum.GetValues<Optimiser>())
            {
                foreach (double decay in (double[])[0, 0.1])
                {
                    foreach (double clip in (double[])[0, 0.5, 1e9])
                        cases.Add(optimiser, decay, clip);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Step_IsLibTorchs(Optimiser optimiser, double decay, double clip)
    {
        Torch.Load();
        const double Rate = 0.02;
        using DisposeScope scope = torch.NewDisposeScope();
        TorchSharp.Modules.Parameter[] theirs =
            [.. Lengths.Select((length, i) => new TorchSharp.Modules.Parameter(Torch.ToTorch(Torch.Numbers((ulong)i, length))))];
        using torch.optim.Optimizer oracle = optimiser switch
        {
            Optimiser.Adam => torch.optim.Adam(theirs, Rate, weight_decay: decay),
            Optimiser.AdamW => torch.optim.AdamW(theirs, Rate, weight_decay: decay),
            _ => torch.optim.SGD(theirs, Rate, momentum: 0.9, weight_decay: decay, nesterov: optimiser == Optimiser.Nesterov),
        };
        LearntArray[] ours = Arrays();
        var state = new OptimiserState(new TrainingOptions { Optimiser = optimiser, WeightDecay = decay, ClipNorm = clip }, ours);

        for (int step = 0; step < Steps; step++)
        {
            float[][] gradients = Gradients(step);
            for (int i = 0; i < theirs.Length; i++)
                theirs[i].grad = Torch.ToTorch(new Dapprox.Networks.Tensors.Tensor(gradients[i], gradients[i].Length));
            if (clip > 0)
                torch.nn.utils.clip_grad_norm_(theirs, clip);
            oracle.step();
            state.Step(gradients, Rate, threads: 2);

            for (int i = 0; i < theirs.Length; i++)
            {
                double[] expected = theirs[i].detach().data<double>().ToArray();
                Assert.All(expected.Zip(ours[i].Values), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
            }
        }
    }

    // Without LibTorch: the formulas of the papers in binary64, in the notation of PyTorch's documentation.
    [Theory]
    [MemberData(nameof(Cases))]
    public void Step_IsTheFormulaOfItsPaper(Optimiser optimiser, double decay, double clip)
    {
        LearntArray[] ours = Arrays();
        double[] theta = [.. ours.SelectMany(array => array.Values)], m = new double[theta.Length], v = new double[theta.Length];
        var state = new OptimiserState(new TrainingOptions { Optimiser = optimiser, WeightDecay = decay, ClipNorm = clip }, ours);

        for (int step = 1; step <= Steps; step++)
        {
            // A schedule changes the rate.
            double rate = 0.02 / step;
            float[][] gradients = Gradients(step);
            double[] g = [.. gradients.SelectMany(part => part)];
            double norm = Math.Sqrt(g.Sum(number => number * number)), factor = clip > 0 && norm > clip ? clip / norm : 1;
            for (int i = 0; i < g.Length; i++)
            {
                g[i] = factor * g[i] + (optimiser == Optimiser.AdamW ? 0 : decay * theta[i]);
                switch (optimiser)
                {
                    case Optimiser.Sgd or Optimiser.Nesterov:
                        m[i] = 0.9 * m[i] + g[i];
                        theta[i] -= rate * (optimiser == Optimiser.Nesterov ? g[i] + 0.9 * m[i] : m[i]);
                        break;
                    default:
                        if (optimiser == Optimiser.AdamW)
                            theta[i] -= rate * decay * theta[i];
                        m[i] = 0.9 * m[i] + 0.1 * g[i];
                        v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i];
                        theta[i] -= rate * m[i] / (1 - Math.Pow(0.9, step)) / (Math.Sqrt(v[i] / (1 - Math.Pow(0.999, step))) + 1e-8);
                        break;
                }
            }

            state.Step(gradients, rate, threads: 1);

            Assert.All(theta.Zip(ours.SelectMany(array => array.Values)), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
        }
    }

    [Theory]
    [InlineData(Optimiser.Adam)]
    [InlineData(Optimiser.Nesterov)]
    public void Step_OnAnyNumberOfThreads_HasTheSameBits(Optimiser optimiser)
    {
        float[] one = Run(1), three = Run(3);

        Assert.Equal(one, three);

        float[] Run(int threads)
        {
            LearntArray array = new("w", Torch.Numbers(1, 100_003).Data, [100_003], HasGradient: true);
            var state = new OptimiserState(new TrainingOptions { Optimiser = optimiser, WeightDecay = 0.01, ClipNorm = 1 }, [array]);
            for (ulong step = 0; step < 3; step++)
                state.Step([Torch.Numbers(10 + step, 100_003).Data], 0.01, threads);
            return array.Values;
        }
    }

    static LearntArray[] Arrays() =>
        [.. Lengths.Select((length, i) => new LearntArray($"w{i}", Torch.Numbers((ulong)i, length).Data, [length], HasGradient: true))];

    static float[][] Gradients(int step) =>
        [.. Lengths.Select((length, i) => Torch.Numbers((ulong)(100 + 10 * step + i), length).Data)];
}
