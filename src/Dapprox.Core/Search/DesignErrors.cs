namespace Dapprox.Search;

/// <summary>The error metrics by which designs are compared.</summary>
/// <param name="Mred">The mean of |ŷ − y| / |y| over all y that are not zero.</param>
/// <param name="Nmed">The mean of |ŷ − y| divided by the largest product of the law.</param>
/// <param name="ShareAbove">The share of products with |ŷ| &gt; |y|.</param>
public readonly record struct DesignErrors(double Mred, double Nmed, double ShareAbove);

/// <summary>What designs cost, as a share of what the exact array of the same width costs.</summary>
/// <param name="Energy">The energy of a product at full speed, what switches and what leaks.</param>
/// <param name="Delay">The longest path.</param>
/// <param name="Area">The sum of the cells' areas.</param>
public readonly record struct DesignCost(double Energy, double Delay, double Area);
