using Dapprox.Arithmetic;
using Dapprox.Circuits.Formats;
using Dapprox.Foundation;
using Xunit;

namespace Dapprox.Tests.Arithmetic;

/// <summary>The names of the multipliers of integers.</summary>
public class IntegerMultipliersTests
{
    [Fact]
    public void Find_OfEveryExample_IsTheExample() => Assert.All(IntegerMultipliers.All, family =>
    {
        IntegerMultiplier found = IntegerMultipliers.Find(family.Example.Name.ToUpperInvariant());

        Assert.True(IntegerMultipliers.IsMeant(family.Example.Name));
        Assert.Equal(family.Example.Name, found.Name);
        Assert.IsType(family.Example.GetType(), found);
        Assert.Equal((8, 8, 16), (found.FirstWidth, found.SecondWidth, found.ProductWidth));
        Assert.NotEmpty(found.Summary);
        Assert.NotEmpty(found.Source);
        Assert.Equal(family.Option is null, family.OptionHelp.Length == 0);
    });

    [Theory]
    [InlineData("drum:8:sign-magnitude:k=5", "drum:8:k=5:sign-magnitude")]
    [InlineData("exact-int12", "exact-int12")]
    [InlineData("kulkarni:2:sign-magnitude", "kulkarni:2:sign-magnitude")]
    public void Find_GivesTheMultiplierItsName(string given, string name) => Assert.Equal(name, IntegerMultipliers.Find(given).Name);

    [Theory]
    [InlineData("drum", "'drum' is not of the form drum:BITS:k=N[:sign-magnitude], for example drum:8:k=6")]
    [InlineData("drum:8", "is not of the form drum:BITS:k=N[:sign-magnitude]")]
    [InlineData("drum:8:k=6:k=7", "is not of the form")]
    [InlineData("drum:8:k=", "is not of the form")]
    [InlineData("drum:8:6", "is not of the form")]
    [InlineData("drum:8:k=6:signed", "is not of the form")]
    [InlineData("drum:8:k=6:sign-magnitude:sign-magnitude", "is not of the form")]
    [InlineData("drum:k=6:8", "is not of the form")]
    [InlineData("mitchell:-8", "is not of the form mitchell:BITS[:sign-magnitude], for example mitchell:8")]
    [InlineData("mitchell:99999999999", "is not of the form")]
    [InlineData("exact-int", "is not of the form exact-intBITS, for example exact-int8")]
    [InlineData("exact-int8:sign-magnitude", "is not of the form exact-intBITS")]
    [InlineData("exact-uint1", "the number of bits is 1; it is an integer from 2 to 16")]
    [InlineData("roba:17", "the number of bits is 17; it is an integer from 2 to 16")]
    [InlineData("iterative-log:8:corrections=8", "corrections is 8; it is an integer from 0 to 7")]
    [InlineData("loa:8:columns=17", "columns is 17; it is an integer from 0 to 16")]
    [InlineData("dram:8:k=6", "unknown multiplier of integers 'dram': did you mean 'drum'?")]
    public void Find_OfSomethingElse_SaysWhatIsLegal(string given, string reason) => Assert.Contains(
        reason, Assert.Throws<InputException>(() => IntegerMultipliers.Find(given)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("exact")]
    [InlineData("exact-fused")]
    [InlineData("array:8:loa")]
    [InlineData("drum.v")]
    [InlineData("kulkarni8")]
    public void IsMeant_OfOtherNames_IsFalse(string given) => Assert.False(IntegerMultipliers.IsMeant(given));

    [Fact]
    public void FindIntegers_TakesNames_AndTheirSignAsTheySayIt()
    {
        Assert.IsType<DrumMultiplier>(CircuitFiles.FindIntegers("drum:8:k=6", null));
        Assert.True(CircuitFiles.FindIntegers("exact-int8", isSigned: true).IsSigned);
        Assert.Contains(
            "the name 'drum:8:k=6' says that its numbers are unsigned; leave out --signed",
            Assert.Throws<InputException>(() => CircuitFiles.FindIntegers("drum:8:k=6", isSigned: true)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FindIntegers_OfAnUnknownKind_ListsCircuitsAndDefinitions() => Assert.StartsWith(
        "unknown kind of multiplier 'dram': did you mean 'drum'? known: exact-int, exact-uint, drum, ",
        Assert.Throws<InputException>(() => CircuitFiles.FindIntegers("dram:8:k=6", null)).Message, StringComparison.Ordinal);

    [Fact]
    public void FindMultiplier_OfAName_SaysThatItMultipliesIntegers() => Assert.Contains(
        "'drum:8:k=6' multiplies integers, and not floats; 'dapprox circuit metrics' measures it",
        Assert.Throws<InputException>(() => CircuitFiles.FindMultiplier("drum:8:k=6")).Message, StringComparison.Ordinal);

    [Fact]
    public void Open_OfAName_SaysThatItHasNoCircuit() => Assert.Contains(
        "'mitchell:8' is a definition and has no circuit",
        Assert.Throws<InputException>(() => CircuitFiles.Open("mitchell:8")).Message, StringComparison.Ordinal);
}
