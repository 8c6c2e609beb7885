namespace Dapprox.Networks.Attacks.Engine;

/// <summary>
/// A query would exceed the query budget. The exception ends the attack on this image, which keeps its best result; attacks need
/// not catch it.
/// </summary>
public sealed class QueryBudgetException() : Exception("The query budget is spent.");
