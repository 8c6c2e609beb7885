using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Statistics;

namespace Dapprox.Networks.Layers;

/// <summary>An elementwise function.</summary>
public sealed class Pointwise : Layer
{
    readonly Func<float, float> function;
    readonly Func<float, float, float> slope;
    bool isHomogeneous;

    /// <summary>Creates the layer.</summary>
    /// <param name="name">The name inside the network.</param>
    /// <param name="slope">The derivative as a function of input and output.</param>
    public Pointwise(string name, Func<float, float> function, Func<float, float, float> slope)
        : base(name)
    {
        this.function = function;
        this.slope = slope;
    }

    /// <summary>The name and the constants of a function that files know; null for others.</summary>
    internal (string Name, float[] Constants)? Function { get; private init; }

    /// <summary>x if x ≥ 0, otherwise alpha·x.</summary>
    /// <param name="name">The name inside the network.</param>
    /// <param name="alpha">The slope below 0.</param>
    public static Pointwise LeakyRelu(string name, float alpha) =>
        new(name, x => x < 0 ? alpha * x : x, (x, _) => x < 0 ? alpha : 1) { Function = ("LeakyRelu", [alpha]), isHomogeneous = true };

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    /// <param name="name">The name inside the network.</param>
    public static Pointwise Sigmoid(string name) => new(name, Logistic, (_, y) => y * (1 - y)) { Function = ("Sigmoid", []) };

    /// <summary>alpha·x + beta, clipped to [0, 1].</summary>
    /// <param name="name">The name inside the network.</param>
    /// <param name="alpha">The slope.</param>
    /// <param name="beta">The result at 0.</param>
    public static Pointwise HardSigmoid(string name, float alpha, float beta) =>
        new(name, x => MathF.Min(MathF.Max(alpha * x + beta, 0), 1), (_, y) => y is > 0 and < 1 ? alpha : 0)
        {
            Function = ("HardSigmoid", [alpha, beta]),
        };

    /// <summary>x·max(0, min(1, x / 6 + 1 / 2)). (Howard et al., "Searching for MobileNetV3", ICCV 2019.)</summary>
    /// <param name="name">The name inside the network.</param>
    public static Pointwise HardSwish(string name) =>
        new(name, x => x * MathF.Min(MathF.Max(x / 6 + 0.5f, 0), 1), (x, _) => x <= -3 ? 0 : x >= 3 ? 1 : x / 3 + 0.5f)
        {
            Function = ("HardSwish", []),
        };

    /// <summary>The hyperbolic tangent.</summary>
    /// <param name="name">The name inside the network.</param>
    public static Pointwise Tanh(string name) => new(name, MathF.Tanh, (_, y) => 1 - y * y) { Function = ("Tanh", []) };

    /// <summary>x·Φ(x), Φ the normal distribution. (Hendrycks, Gimpel, "Gaussian Error Linear Units", 2016.)</summary>
    /// <param name="name">The name inside the network.</param>
    public static Pointwise Gelu(string name) => new(
        name, x => (float)(x * Normal.Distribution(x)),
        (x, _) => (float)(Normal.Distribution(x) + x * Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI)))
    {
        Function = ("Gelu", []),
    };

    /// <summary>The approximation x·(1 + tanh(√(2/π)·(x + 0.044715·x³))) / 2.</summary>
    /// <param name="name">The name inside the network.</param>
    public static Pointwise GeluByTanh(string name)
    {
        double factor = Math.Sqrt(2 / Math.PI);
        const double Cube = 0.044715;
        return new Pointwise(
            name,
            x => (float)(0.5 * x * (1 + Math.Tanh(factor * (x + Cube * x * x * x)))),
            (x, _) =>
            {
                double tanh = Math.Tanh(factor * (x + Cube * x * x * x));
                return (float)(0.5 * (1 + tanh) + 0.5 * x * (1 - tanh * tanh) * factor * (1 + 3 * Cube * x * x));
            })
        {
            Function = ("GeluByTanh", []),
        };
    }

    /// <summary>The error function.</summary>
    /// <param name="name">The name inside the network.</param>
    public static Pointwise Erf(string name) =>
        new(name, x => (float)Normal.ErrorFunction(x), (x, _) => (float)(2 / Math.Sqrt(Math.PI) * Math.Exp(-(double)x * x)))
        {
            Function = ("Erf", []),
        };

    /// <summary>The square root.</summary>
    /// <param name="name">The name inside the network.</param>
    public static Pointwise Sqrt(string name) => new(name, MathF.Sqrt, (_, y) => 0.5f / y) { Function = ("Sqrt", []) };

    /// <summary>The nearest integer, ties to even. Its gradient is 1, the straight-through estimate: the true one is 0 almost
    /// everywhere.</summary>
    /// <param name="name">The name inside the network.</param>
    public static Pointwise Round(string name) => new(name, MathF.Round, (_, _) => 1) { Function = ("Round", []) };

    /// <summary>x to a constant power.</summary>
    /// <param name="name">The name inside the network.</param>
    public static Pointwise Power(string name, float exponent) =>
        new(name, x => MathF.Pow(x, exponent), (x, _) => exponent * MathF.Pow(x, exponent - 1)) { Function = ("Pow", [exponent]) };

    /// <summary>−x.</summary>
    /// <param name="name">The name inside the network.</param>
    public static Pointwise Negative(string name) => new(name, x => -x, (_, _) => -1) { Function = ("Neg", []), isHomogeneous = true };

    /// <summary>|x|; its slope at 0 is 0.</summary>
    /// <param name="name">The name inside the network.</param>
    public static Pointwise Absolute(string name) =>
        new(name, MathF.Abs, (x, _) => x > 0 ? 1 : x < 0 ? -1 : 0) { Function = ("Abs", []), isHomogeneous = true };

    /// <summary>−1, 0 or 1; its gradient is 0.</summary>
    /// <param name="name">The name inside the network.</param>
    public static Pointwise Sign(string name) =>
        new(name, x => x > 0 ? 1 : x < 0 ? -1 : x, (_, _) => 0) { Function = ("Sign", []) };

    /// <summary>The largest integer of at most x. Its gradient is 1, the straight-through estimate.</summary>
    /// <param name="name">The name inside the network.</param>
    public static Pointwise Floor(string name) => new(name, MathF.Floor, (_, _) => 1) { Function = ("Floor", []) };

    /// <summary>The smallest integer of at least x. Its gradient is 1, the straight-through estimate.</summary>
    /// <param name="name">The name inside the network.</param>
    public static Pointwise Ceiling(string name) => new(name, MathF.Ceiling, (_, _) => 1) { Function = ("Ceil", []) };

    /// <summary>x without its fraction. Its gradient is 1, the straight-through estimate.</summary>
    /// <param name="name">The name inside the network.</param>
    public static Pointwise Truncate(string name) => new(name, MathF.Truncate, (_, _) => 1) { Function = ("Truncate", []) };

    /// <summary>A trigonometric or hyperbolic function, or the inverse of one.</summary>
    /// <param name="name">The name inside the network.</param>
    /// <param name="function">Its name in ONNX: Sin, Cos, Tan, Sinh or Cosh, or Asin, Acos, Atan, Asinh, Acosh or Atanh.</param>
    /// <exception cref="ArgumentException">It is none of these.</exception>
    public static Pointwise Trigonometric(string name, string function)
    {
        (Func<float, float> value, Func<float, float, float> slope) = ((Func<float, float>, Func<float, float, float>))(function switch
        {
            "Sin" => (MathF.Sin, (x, _) => MathF.Cos(x)),
            "Cos" => (MathF.Cos, (x, _) => -MathF.Sin(x)),
            "Tan" => (MathF.Tan, (_, y) => 1 + y * y),
            "Sinh" => (MathF.Sinh, (x, _) => MathF.Cosh(x)),
            "Cosh" => (MathF.Cosh, (x, _) => MathF.Sinh(x)),
            "Asin" => (MathF.Asin, (x, _) => 1 / MathF.Sqrt(1 - x * x)),
            "Acos" => (MathF.Acos, (x, _) => -1 / MathF.Sqrt(1 - x * x)),
            "Atan" => (MathF.Atan, (x, _) => 1 / (1 + x * x)),
            "Asinh" => (MathF.Asinh, (x, _) => 1 / MathF.Sqrt(x * x + 1)),
            "Acosh" => (MathF.Acosh, (x, _) => 1 / MathF.Sqrt(x * x - 1)),
            "Atanh" => (MathF.Atanh, (x, _) => 1 / (1 - x * x)),
            _ => throw new ArgumentException($"'{function}' is no such function.", nameof(function)),
        });
        return new Pointwise(name, value, slope) { Function = (function, []) };
    }

    /// <summary>eˣ.</summary>
    /// <param name="name">The name inside the network.</param>
    public static Pointwise Exp(string name) => new(name, MathF.Exp, (_, y) => y) { Function = ("Exp", []) };

    /// <summary>The natural logarithm.</summary>
    /// <param name="name">The name inside the network.</param>
    public static Pointwise Log(string name) => new(name, MathF.Log, (x, _) => 1 / x) { Function = ("Log", []) };

    /// <summary>1 / x.</summary>
    /// <param name="name">The name inside the network.</param>
    public static Pointwise Reciprocal(string name) => new(name, x => 1 / x, (_, y) => -y * y) { Function = ("Reciprocal", []) };

    /// <summary>
    /// x if x ≥ 0, otherwise alpha·(eˣ − 1). (Clevert, Unterthiner, Hochreiter, "Fast and Accurate Deep Network Learning by Exponential
    /// Linear Units", ICLR 2016.)
    /// </summary>
    /// <param name="name">The name inside the network.</param>
    /// <param name="alpha">Minus the limit at −∞.</param>
    public static Pointwise Elu(string name, float alpha) =>
        new(name, x => x < 0 ? alpha * Expm1(x) : x, (x, y) => x < 0 ? y + alpha : 1) { Function = ("Elu", [alpha]) };

    /// <summary>gamma times <see cref="Elu"/>. (Klambauer et al., "Self-Normalizing Neural Networks", NeurIPS 2017.)</summary>
    /// <param name="name">The name inside the network.</param>
    /// <param name="alpha">As for <see cref="Elu"/>.</param>
    /// <param name="gamma">The slope above 0.</param>
    public static Pointwise Selu(string name, float alpha, float gamma) =>
        new(name, x => gamma * (x < 0 ? alpha * Expm1(x) : x), (x, y) => x < 0 ? y + gamma * alpha : gamma)
        {
            Function = ("Selu", [alpha, gamma]),
        };

    /// <summary>
    /// x if x ≥ 0, otherwise alpha·(e^(x / alpha) − 1). (Barron, "Continuously Differentiable Exponential Linear Units", 2017.)
    /// </summary>
    /// <param name="name">The name inside the network.</param>
    /// <param name="alpha">Minus the limit at −∞.</param>
    public static Pointwise Celu(string name, float alpha) =>
        new(name, x => x < 0 ? alpha * Expm1(x / alpha) : x, (x, y) => x < 0 ? y / alpha + 1 : 1) { Function = ("Celu", [alpha]) };

    /// <summary>log(1 + eˣ).</summary>
    /// <param name="name">The name inside the network.</param>
    public static Pointwise Softplus(string name) => new(name, LogOnePlusExp, (x, _) => Logistic(x)) { Function = ("Softplus", []) };

    /// <summary>x / (1 + |x|).</summary>
    /// <param name="name">The name inside the network.</param>
    public static Pointwise Softsign(string name) =>
        new(name, x => x / (1 + MathF.Abs(x)), (x, _) => 1 / ((1 + MathF.Abs(x)) * (1 + MathF.Abs(x)))) { Function = ("Softsign", []) };

    /// <summary>x·tanh(log(1 + eˣ)). (Misra, "Mish: A Self Regularized Non-Monotonic Activation Function", BMVC 2020.)</summary>
    /// <param name="name">The name inside the network.</param>
    public static Pointwise Mish(string name) => new(
        name, x => x * MathF.Tanh(LogOnePlusExp(x)),
        (x, _) =>
        {
            float tanh = MathF.Tanh(LogOnePlusExp(x));
            return tanh + x * (1 - tanh * tanh) * Logistic(x);
        })
    {
        Function = ("Mish", []),
    };

    /// <summary>x / (1 + e^(−alpha·x)). (Ramachandran, Zoph, Le, "Searching for Activation Functions", 2017.)</summary>
    /// <param name="name">The name inside the network.</param>
    /// <param name="alpha">How sharp it is.</param>
    public static Pointwise Swish(string name, float alpha) =>
        new(name, x => x * Logistic(alpha * x), (x, y) => Logistic(alpha * x) + alpha * y * (1 - Logistic(alpha * x)))
        {
            Function = ("Swish", [alpha]),
        };

    /// <summary>x if x > alpha, otherwise 0.</summary>
    /// <param name="name">The name inside the network.</param>
    /// <param name="alpha">The threshold.</param>
    public static Pointwise ThresholdedRelu(string name, float alpha) =>
        new(name, x => x > alpha ? x : 0, (x, _) => x > alpha ? 1 : 0) { Function = ("ThresholdedRelu", [alpha]) };

    /// <summary>The nearest number of binary16, ties to even. Its gradient is 1, the straight-through estimate.</summary>
    /// <param name="name">The name inside the network.</param>
    public static Pointwise RoundedToHalf(string name) => new(name, x => (float)(Half)x, (_, _) => 1) { Function = ("Float16", []) };

    /// <summary>The nearest number of bfloat16, ties to even. Its gradient is 1, the straight-through estimate.</summary>
    /// <param name="name">The name inside the network.</param>
    public static Pointwise RoundedToBFloat16(string name) =>
        new(name, Bfloat16Multiplier.Round, (_, _) => 1) { Function = ("BFloat16", []) };

    internal override bool IsHomogeneous => isHomogeneous;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, int threads)
    {
        Tensor output = Tensor.Unfilled(input.Shape);
        ParallelRange.ForEach(input.Data.Length, 1, threads, (start, count) =>
        {
            for (int i = start; i < start + count; i++)
                output.Data[i] = function(input.Data[i]);
        });
        return output;
    }

    /// <inheritdoc/>
    public override Tensor InputGradient(Tensor input, Tensor output, Tensor outputGradient, int threads)
    {
        Tensor result = Tensor.Unfilled(input.Shape);
        ParallelRange.ForEach(input.Data.Length, 1, threads, (start, count) =>
        {
            for (int i = start; i < start + count; i++)
                result.Data[i] = slope(input.Data[i], output.Data[i]) * outputGradient.Data[i];
        });
        return result;
    }

    static float Logistic(float x) => 1 / (1 + MathF.Exp(-x));

    /// <summary>eˣ − 1 for x &lt; 0, without cancellation.</summary>
    static float Expm1(float x) => (float)(x > -1e-4f ? x + 0.5 * x * (double)x : Math.Exp(x) - 1);

    static float LogOnePlusExp(float x) => (float)(Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs((double)x))));
}
