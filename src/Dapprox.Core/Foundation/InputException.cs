namespace Dapprox.Foundation;

/// <summary>
/// Something a user gave cannot be used: a wrong name, value, file or shape. The message is one line that says
/// what was given, what is legal and what to do; the command line prints it as it is, without a stack trace.
/// </summary>
public sealed class InputException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">One line: what was given, what is legal, what to do.</param>
    public InputException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">One line: what was given, what is legal, what to do.</param>
    /// <param name="cause">The exception that showed the input to be wrong.</param>
    public InputException(string message, Exception cause)
        : base(message, cause)
    {
    }

    /// <summary>Whether the input may be right, and is larger than what is read: other readers need not try.</summary>
    internal bool IsTooLarge { get; init; }
}
