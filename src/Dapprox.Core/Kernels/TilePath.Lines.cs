namespace Dapprox.Kernels;

sealed unsafe partial class TilePath<TStep, TElement, TVector, TSum>
{
    public override bool PrefersLines(int lineLength, int columns) => lineLength >= TStep.Lanes && columns <= TStep.Lanes / 2;

    public override void SumLines(
        byte* activations, int length, ReadOnlySpan<int> lines, int lineLength, int* offsets, PackedWeights weights,
        float* outputs, int columnStride)
    {
        const int Vectors = LineTile<TStep, TElement, TVector, TSum>.Vectors;
        nint second = TStep.Split ? length : 0;
        float* bias = stackalloc float[TStep.Lanes];
        float* sums = stackalloc float[Vectors * TStep.Lanes];
        int* places = stackalloc int[Vectors];
        int* targets = stackalloc int[Vectors];
        int vectorsPerLine = (lineLength + TStep.Lanes - 1) / TStep.Lanes;
        int vectors = lines.Length * vectorsPerLine;
        for (int column = 0; column < weights.Columns; column++)
        {
            int panel = column / weights.PanelWidth;
            int width = weights.VectorsOf(panel) * TStep.Lanes;
            TElement* columnWeights = (TElement*)weights.PanelAddress(panel) + column % weights.PanelWidth;
            float* columnOutputs = outputs + (nint)column * columnStride;
            new Span<float>(bias, TStep.Lanes).Fill(weights.Bias[column]);
            for (int done = 0; done < vectors; done += Vectors)
            {
                int used = Math.Min(Vectors, vectors - done);
                for (int i = 0; i < Vectors; i++)
                {
                    // The last vector fills up the tile; its copies are not stored.
                    int vector = done + Math.Min(i, used - 1);
                    int line = vector / vectorsPerLine;
                    // The last vector of a line ends with it, and gives again what it shares with the one before.
                    int start = Math.Min(vector % vectorsPerLine * TStep.Lanes, lineLength - TStep.Lanes);
                    places[i] = lines[line] + start;
                    targets[i] = line * lineLength + start;
                }

                LineTile<TStep, TElement, TVector, TSum>.Six(
                    (TElement*)activations, second, places, offsets, weights.Count, columnWeights, width * weights.Parts, width, bias, sums);
                for (int i = 0; i < used; i++)
                    new ReadOnlySpan<float>(sums + i * TStep.Lanes, TStep.Lanes).CopyTo(new Span<float>(columnOutputs + targets[i], TStep.Lanes));
            }
        }
    }
}
