namespace Dapprox.Networks.Attacks.Engine;

/// <summary>
/// An attack's question would exceed its budget of queries. It ends the attack on this image, which keeps what it has found;
/// attacks need not catch it.
/// </summary>
public sealed class QueryBudgetException() : Exception("The budget of queries is spent.");
