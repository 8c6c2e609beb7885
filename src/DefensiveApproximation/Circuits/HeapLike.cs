namespace DefensiveApproximation.Circuits;

/// <summary>PLACEHOLDER</summary>
public static class HeapLike
{
    const string Circuit = "array:24:by-column=2xama4+ama1+2xama4+ama5+ama2+ama4+2xama5+4xama4+2xama1+3xama3+ama2+ama3+2xama2+ama4+ama5+9xama4+ama5+6xama4+ama1+ama4+fa+ama1+fa+ama3";

    /// <summary>The multiplier.</summary>
    public static CircuitMultiplier Instance { get; } = new(CircuitDescription.Build(Circuit), name: "heap-like", summary: "an array of different cells with HEAP's errors", source: "");
}
