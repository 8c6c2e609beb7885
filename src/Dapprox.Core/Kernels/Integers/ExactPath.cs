using Dapprox.Arithmetic;

namespace Dapprox.Kernels.Integers;

/// <summary>
/// Exact products, by instructions that multiply some products of a sum in each lane and add them: <see cref="DotMatrix{TDots, TVector}"/>.
/// </summary>
sealed class ExactPath<TDots, TVector>(string name, string instructionSet) : IntegerPath(name, instructionSet)
    where TDots : IDots<TDots, TVector>
    where TVector : unmanaged
{
    public override bool IsSupported => TDots.IsSupported;

    public override bool Covers(IntegerProducts products)
    {
        if (!products.Accumulator.IsModular)
            return false;
        if (products.Weights.IsSigned ? products.WeightShift != 0 : !TDots.TakesUnsignedWeights)
            return false;
        for (int code = 0; code < products.Table.Length; code++)
        {
            (int activation, int weight) = Math.DivRem(code, products.Weights.Count);
            if (products.Table[code] != (FirstOf(products) + activation) * (SecondOf(products) + weight))
                return false;
        }

        return true;
    }

    public override IntegerMatrix Prepare(IntegerProducts products, byte[] codes, int columns, int count) =>
        new Matrix(FirstOf(products), SecondOf(products), codes, columns, count);

    /// <summary>What the code 0 of an activation is multiplied as.</summary>
    static int FirstOf(IntegerProducts products) => products.Activations.Low + products.ActivationShift;

    /// <summary>What the code 0 of a weight is multiplied as.</summary>
    static int SecondOf(IntegerProducts products) => products.Weights.Low + products.WeightShift;

    sealed unsafe class Matrix : DotMatrix<TDots, TVector>
    {
        readonly int count;
        readonly short first;

        public Matrix(int firstActivation, int firstWeight, byte[] codes, int columns, int count)
            : base(columns, count)
        {
            this.count = count;
            first = (short)(TDots.TakesCodes ? 0 : firstActivation);
            short[] values = new short[count];
            for (int column = 0; column < columns; column++)
            {
                for (int k = 0; k < count; k++)
                    values[k] = (short)(firstWeight + codes[(nint)column * count + k]);
                // Where activations are multiplied as their codes, Σ w times the difference is added.
                int constant = 0;
                foreach (short weight in values)
                    constant += TDots.TakesCodes ? weight * firstActivation : 0;
                PackWeights(column, values, constant);
            }
        }

        protected override void PackActivations(byte* codes, int* packed) =>
            TDots.PackActivations(codes, count, Groups, Width, first, packed);
    }
}
