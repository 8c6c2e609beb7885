using System.Numerics;
using System.Runtime.InteropServices;
using Dapprox.Foundation;
using Dapprox.Kernels;

namespace Dapprox.Networks.Training;

/// <summary>An optimiser with its state between steps. Every operation is rounded on its own, so results do not depend on the
/// processor.</summary>
sealed class OptimiserState
{
    const double Momentum = 0.9, MeanDecay = 0.9, SquareDecay = 0.999, Epsilon = 1e-8;

    readonly TrainingOptions options;
    readonly IReadOnlyList<LearntArray> learnt;
    // By array: the momentum, or the means of gradients and of their squares.
    readonly float[][] means;
    readonly float[][] squares;

    /// <summary>Starts without a past.</summary>
    /// <param name="options">The algorithm and its parameters.</param>
    /// <param name="learnt">The arrays that it changes.</param>
    public OptimiserState(TrainingOptions options, IReadOnlyList<LearntArray> learnt)
    {
        this.options = options;
        this.learnt = learnt;
        means = Zeros();
        squares = options.Optimiser is Optimiser.Adam or Optimiser.AdamW ? Zeros() : [];
    }

    /// <summary>The number of steps made.</summary>
    public long Steps { get; set; }

    /// <summary>The state by name; copying into it changes it.</summary>
    public IEnumerable<(string Name, float[] Values)> State =>
        squares.Length == 0
            ? learnt.Zip(means, (array, own) => ("momentum." + array.Name, own))
            : [
                .. learnt.Zip(means, (array, own) => ("adam.mean." + array.Name, own)),
                .. learnt.Zip(squares, (array, own) => ("adam.square." + array.Name, own)),
            ];

    /// <summary>Makes one step along the negative gradients.</summary>
    /// <param name="gradients">One for each array; changed.</param>
    /// <param name="learningRate">The size of the step.</param>
    /// <param name="threads">The maximum degree of parallelism; results do not depend on it.</param>
    public void Step(IReadOnlyList<float[]> gradients, double learningRate, int threads)
    {
        Steps++;
        float factor = ClipFactor(gradients);
        for (int i = 0; i < learnt.Count; i++)
        {
            float[] gradient = gradients[i], weights = learnt[i].Values, mean = means[i], square = squares.Length == 0 ? [] : squares[i];
            ParallelRange.ForEach(weights.Length, 1, threads, (first, count) =>
            {
                Span<float> part = weights.AsSpan(first, count), partMean = mean.AsSpan(first, count);
                ReadOnlySpan<float> partGradient = gradient.AsSpan(first, count);
                if (square.Length == 0)
                    Descend(part, partGradient, partMean, factor, (float)learningRate);
                else
                    Adapt(part, partGradient, partMean, square.AsSpan(first, count), factor, learningRate);
            });
        }
    }

    float ClipFactor(IReadOnlyList<float[]> gradients)
    {
        if (options.ClipNorm == 0)
            return 1;
        double norm = Math.Sqrt(gradients.Sum(gradient => OrderedSum.OfProducts(gradient, gradient)));
        return norm > options.ClipNorm ? (float)(options.ClipNorm / norm) : 1;
    }

    /// <summary>
    /// Stochastic gradient descent with momentum: steps along the sum of past gradients, each weighted 0.9 of its successor.
    /// </summary>
    void Descend(Span<float> weights, ReadOnlySpan<float> gradients, Span<float> sums, float factor, float rate)
    {
        var rule = new MomentumRule((float)options.WeightDecay, factor, rate, options.Optimiser == Optimiser.Nesterov);
        Span<Vector<float>> w = MemoryMarshal.Cast<float, Vector<float>>(weights), s = MemoryMarshal.Cast<float, Vector<float>>(sums);
        ReadOnlySpan<Vector<float>> g = MemoryMarshal.Cast<float, Vector<float>>(gradients);
        for (int i = 0; i < w.Length; i++)
            w[i] = rule.Step(w[i], g[i], ref s[i]);
        for (int i = w.Length * Vector<float>.Count; i < weights.Length; i++)
        {
            // The rest as vectors of one number.
            var sum = new Vector<float>(sums[i]);
            weights[i] = rule.Step(new Vector<float>(weights[i]), new Vector<float>(gradients[i]), ref sum)[0];
            sums[i] = sum[0];
        }
    }

    /// <summary>
    /// Kingma and Ba, "Adam", ICLR 2015, algorithm 1: the mean of gradients divided by the root of the mean of their squares.
    /// </summary>
    void Adapt(
        Span<float> weights, ReadOnlySpan<float> gradients, Span<float> meansPart, Span<float> squaresPart, float factor, double rate)
    {
        bool isDecoupled = options.Optimiser == Optimiser.AdamW;
        var rule = new AdamRule(
            isDecoupled ? 0 : (float)options.WeightDecay, factor, isDecoupled ? (float)(1 - rate * options.WeightDecay) : 1,
            // Corrects the bias of both means, which start at zero.
            (float)(rate / (1 - Math.Pow(MeanDecay, Steps))), (float)(1 / Math.Sqrt(1 - Math.Pow(SquareDecay, Steps))));
        Span<Vector<float>> w = MemoryMarshal.Cast<float, Vector<float>>(weights);
        ReadOnlySpan<Vector<float>> g = MemoryMarshal.Cast<float, Vector<float>>(gradients);
        Span<Vector<float>> m = MemoryMarshal.Cast<float, Vector<float>>(meansPart),
            v = MemoryMarshal.Cast<float, Vector<float>>(squaresPart);
        for (int i = 0; i < w.Length; i++)
            w[i] = rule.Step(w[i], g[i], ref m[i], ref v[i]);
        for (int i = w.Length * Vector<float>.Count; i < weights.Length; i++)
        {
            Vector<float> mean = new(meansPart[i]), square = new(squaresPart[i]);
            weights[i] = rule.Step(new Vector<float>(weights[i]), new Vector<float>(gradients[i]), ref mean, ref square)[0];
            (meansPart[i], squaresPart[i]) = (mean[0], square[0]);
        }
    }

    float[][] Zeros() => [.. learnt.Select(array => new float[array.Values.Length])];

    readonly struct MomentumRule(float decay, float factor, float rate, bool isNesterov)
    {
        public Vector<float> Step(Vector<float> weights, Vector<float> gradient, ref Vector<float> sum)
        {
            gradient = gradient * factor + weights * decay;
            sum = sum * (float)Momentum + gradient;
            return weights - (isNesterov ? gradient + sum * (float)Momentum : sum) * rate;
        }
    }

    readonly struct AdamRule(float decay, float factor, float shrink, float rate, float squareScale)
    {
        public Vector<float> Step(Vector<float> weights, Vector<float> gradient, ref Vector<float> mean, ref Vector<float> square)
        {
            gradient = gradient * factor + weights * decay;
            mean = mean * (float)MeanDecay + gradient * (float)(1 - MeanDecay);
            square = square * (float)SquareDecay + gradient * gradient * (float)(1 - SquareDecay);
            Vector<float> deviation = Vector.SquareRoot(square) * squareScale + new Vector<float>((float)Epsilon);
            return weights * shrink - mean / deviation * rate;
        }
    }
}
