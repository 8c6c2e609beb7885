namespace Dapprox.Search;

/// <summary>The error metrics by which designs are compared.</summary>
/// <param name="Mred">The mean of |ŷ − y| / |y| over all y that are not zero.</param>
/// <param name="Nmed">The mean of |ŷ − y| divided by the largest product of the distribution.</param>
/// <param name="ShareAbove">The fraction of products with |ŷ| &gt; |y|.</param>
public readonly record struct DesignErrors(double Mred, double Nmed, double ShareAbove);

/// <summary>The cost of a design, relative to that of the exact array of the same width.</summary>
/// <param name="Energy">The energy per product at full speed, dynamic and leakage.</param>
/// <param name="Delay">The delay of the critical path.</param>
/// <param name="Area">The sum of the cells' areas.</param>
public readonly record struct DesignCost(double Energy, double Delay, double Area);
