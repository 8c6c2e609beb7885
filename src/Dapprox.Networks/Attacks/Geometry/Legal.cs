namespace Dapprox.Networks.Attacks.Geometry;

/// <summary>Checks of settings: each method returns the value or throws <see cref="ArgumentOutOfRangeException"/>.</summary>
static class Legal
{
    public static int AtLeast(int min, int value, string name) =>
        value >= min ? value : throw new ArgumentOutOfRangeException(name, value, $"It is at least {min}.");

    public static double Positive(double value, string name) =>
        double.IsFinite(value) && value > 0 ? value : throw new ArgumentOutOfRangeException(name, value, "It is a finite number above 0.");

    public static double Within(double max, double value, string name) =>
        value > 0 && value <= max ? value : throw new ArgumentOutOfRangeException(name, value, $"It is above 0 and at most {max}.");

    /// <summary>A fraction: 0 to 1, both ends included.</summary>
    public static double Fraction(double value, string name) =>
        value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(name, value, "It lies between 0 and 1.");

    /// <summary>A fraction above 0 and below 1.</summary>
    public static double ProperFraction(double value, string name) =>
        value is > 0 and < 1 ? value : throw new ArgumentOutOfRangeException(name, value, "It is above 0 and below 1.");

    /// <summary>The norm of a ball: L∞, L2 or L1.</summary>
    public static Norm Ball(Norm value, string name) => OneOf(Geometry.Ball.Norms, value, name);

    /// <summary>L2 or L∞.</summary>
    public static Norm L2OrLInf(Norm value, string name) => OneOf([Norm.L2, Norm.LInf], value, name);

    /// <summary>One of some norms.</summary>
    public static Norm OneOf(Norm[] norms, Norm value, string name) => norms.Contains(value)
        ? value
        : throw new ArgumentOutOfRangeException(
            name, value, $"It is {string.Join(", ", norms[..^1].Select(norm => norm.Symbol()))} or {norms[^1].Symbol()}.");
}
