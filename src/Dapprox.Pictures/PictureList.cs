namespace Dapprox.Pictures;

/// <summary>Pictures and their classes, before any is read.</summary>
/// <param name="Pictures">The files with their classes, in the order of the images.</param>
/// <param name="ClassNames">The names of the first classes; the others are named by their numbers.</param>
/// <param name="Source">The start of a sentence that goes on with their number: <c>'labels.csv' lists</c>.</param>
/// <param name="Classes">Where the classes come from, as the end of a sentence; empty without classes.</param>
readonly record struct PictureList(
    IReadOnlyList<(string File, int Label)> Pictures, IReadOnlyList<string> ClassNames, string Source, string Classes);
