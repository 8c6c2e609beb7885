namespace Dapprox.Kernels;

sealed unsafe partial class TilePath<TStep, TElement, TVector, TSum> : ILinePath
{
    public bool PrefersLines(int lineLength, int columns) => lineLength >= TStep.Lanes && columns <= TStep.Lanes / 2;

    public void SumLines(in LineJob job)
    {
        const int Vectors = LineTile<TStep, TElement, TVector, TSum>.Vectors;
        PackedWeights weights = job.Weights;
        float* bias = stackalloc float[TStep.Lanes];
        float* sums = stackalloc float[Vectors * TStep.Lanes];
        int* origins = stackalloc int[Vectors];
        int* rows = stackalloc int[Vectors];
        int vectorsPerLine = (job.LineLength + TStep.Lanes - 1) / TStep.Lanes;
        int vectors = job.Lines.Length * vectorsPerLine;
        for (int column = 0; column < weights.Columns; column++)
        {
            (int panel, int columnOfPanel) = Math.DivRem(column, weights.PanelWidth);
            float* outputs = job.Outputs + (nint)column * job.ColumnStride;
            new Span<float>(bias, TStep.Lanes).Fill(weights.Bias[column]);
            var block = new KBlock<TElement>
            {
                Activations = (TElement*)job.Activations,
                LowPart = TStep.Split ? job.Length : 0,
                Offsets = job.Offsets,
                Count = weights.Count,
                Weights = (TElement*)weights.PanelAddress(panel) + columnOfPanel,
                Vectors = weights.VectorsOf(panel),
                DerivesWeights = false,
                Bias = bias,
                IsFirst = true,
                IsLast = true,
            };
            for (int done = 0; done < vectors; done += Vectors)
            {
                int used = Math.Min(Vectors, vectors - done);
                for (int i = 0; i < Vectors; i++)
                {
                    // The last vector fills up the tile; its copies are not stored.
                    (int line, int vectorOfLine) = Math.DivRem(done + Math.Min(i, used - 1), vectorsPerLine);
                    // The last vector of a line ends with it, and computes again what it overlaps of the one before.
                    int start = Math.Min(vectorOfLine * TStep.Lanes, job.LineLength - TStep.Lanes);
                    origins[i] = job.Lines[line] + start;
                    rows[i] = line * job.LineLength + start;
                }

                LineTile<TStep, TElement, TVector, TSum>.Six(block, origins, sums);
                for (int i = 0; i < used; i++)
                    new ReadOnlySpan<float>(sums + i * TStep.Lanes, TStep.Lanes).CopyTo(new Span<float>(outputs + rows[i], TStep.Lanes));
            }
        }
    }
}
