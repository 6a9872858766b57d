using Research.TextVae.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Kernels;

/// <summary>
/// What does not fit is refused before anything native reads it, in either form, and the message names the argument and what it must be.
/// </summary>
public sealed class ArgumentTests
{
    private static readonly Dictionary<string, (Action Call, string Argument, string Message)> _mistakes = new()
    {
        ["linear: width"] = (
            () => LinearKernel.Compute(F(2, 3), F(4, 5), null),
            "input",
            "must be [..., 5] for weights Float32 [4, 5]; it is Float32 [2, 3]"),
        ["linear: weight"] = (() => LinearKernel.Compute(F(2, 3), F(3), null), "weight", "must be [out, in]; it is Float32 [3]"),
        ["linear: bias"] = (() => LinearKernel.Compute(F(2, 3), F(4, 3), F(3)), "bias", "must be [4]; it is Float32 [3]"),

        ["lstm: no time"] = (() => Lstm(0, F(2, 0, 5)), "input", "at least one time step; it is Float32 [2, 0, 5]"),
        ["lstm: h0"] = (() => Lstm(1, F(3, 4)), "h0", "must be [2, 4]"),
        ["lstm: c0"] = (() => Lstm(2, F(2, 3)), "c0", "must be [2, 4]"),
        ["lstm: input weight"] = (() => Lstm(3, F(16, 6)), "inputWeight", "must be [16, 5] for input Float32 [2, 3, 5]"),
        ["lstm: hidden weight"] = (() => Lstm(4, F(15, 4)), "hiddenWeight", "must be [4 · hidden, hidden]"),
        ["lstm: bias"] = (() => Lstm(5, F(8)), "bias", "must be [16]"),
        ["lstm: type"] = (() => Lstm(5, D(16)), "bias", "must be Float32 as the input is"),

        ["cross-entropy: input"] = (() => CrossEntropy(0, F(2, 4)), "input", "must be [rows, 3] for weights Float32 [5, 3]"),
        ["cross-entropy: weight"] = (() => CrossEntropy(1, F(0, 3)), "weight", "at least one word"),
        ["cross-entropy: bias"] = (() => CrossEntropy(2, F(4)), "bias", "must be Float32 [5]"),
        ["cross-entropy: target"] = (() => CrossEntropy(3, L(3)), "target", "must be Int64 [2]"),
        ["cross-entropy: target type"] = (() => CrossEntropy(3, F(2)), "target", "must be Int64 [2]; it is Float32 [2]"),
        ["cross-entropy: token weight"] = (() => CrossEntropy(4, D(2)), "tokenWeight", "must be Float32 [2]; it is Float64 [2]"),
        ["cross-entropy: expected gradient"] = (
            () => LinearCrossEntropy.Compute(F(2, 3), F(5, 3), null, L(2), F(2), 0),
            "expectedGradient",
            "must be finite and not 0; it is 0"),

        ["multinomial: words"] = (() => Multinomial(0, F(4)), "words", "must be Int64 [entries]"),
        ["multinomial: counts"] = (() => Multinomial(1, F(3)), "counts", "must be Float32 [4]"),
        ["multinomial: offsets"] = (() => Multinomial(2, L(3)), "offsets", "must be Int64 [2]"),

        ["attention: query"] = (() => Attention.Compute(F(2, 6), F(2, 4, 12), 2), "query", "must be [batch, query, width]"),
        ["attention: keys"] = (
            () => Attention.Compute(F(2, 3, 6), F(2, 4, 6), 2), "keyValue", "must be Float32 [2, key, 12]; it is Float32 [2, 4, 6]"),
        ["attention: joint"] = (() => Attention.ComputeSelf(F(2, 3, 7), 2), "queryKeyValue", "must be [batch, time, 3 · width]"),
        ["attention: heads"] = (() => Attention.ComputeSelf(F(2, 3, 18), 4), "heads", "must divide the width 6; there are 4"),
        ["attention: no heads"] = (() => Attention.ComputeSelf(F(2, 3, 18), 0), "heads", "must divide the width 6; there are 0"),
        ["attention: causal"] = (() => Attention.Compute(F(2, 5, 6), F(2, 4, 12), 2, causal: true), "causal", "there are 4 and 5"),
        ["attention: dropout"] = (() => Attention.ComputeSelf(F(2, 3, 18), 2, dropout: 1), "dropout", "must be in [0, 1); it is 1"),
        ["attention: lengths"] = (
            () => Attention.ComputeSelf(F(2, 3, 18), 2, keyLengths: L(3)), "keyLengths", "must be Int64 [2]; it is Int64 [3]"),

        ["dropout: share"] = (() => DropoutKernel.Compute(F(2), 1.1), "p", "must be in [0, 1]"),
        ["dropout: no share"] = (() => DropoutKernel.Compute(F(2), double.NaN), "p", "must be in [0, 1]"),

        ["embedding: table"] = (() => EmbeddingKernel.Compute(F(5), L(2)), "weight", "must be [rows, width]"),
        ["embedding: indices"] = (() => EmbeddingKernel.Compute(F(5, 2), F(2)), "indices", "must be Int64; it is Float32 [2]"),
        ["embedding bag: indices"] = (() => EmbeddingKernel.ComputeBag(F(5, 2), L(2, 2), L(1), F(2)), "indices", "must be Int64 [entries]"),
        ["embedding bag: offsets"] = (() => EmbeddingKernel.ComputeBag(F(5, 2), L(2), F(1), F(2)), "offsets", "must be Int64 [bags]"),
        ["embedding bag: factors"] = (() => EmbeddingKernel.ComputeBag(F(5, 2), L(2), L(1), F(3)), "factors", "must be Float32 [2]"),

        ["sampling: logits"] = (() => new TokenSampling().Compute(F(2, 0), F(0), D(2)), "logits", "must be [batch, vocabulary]"),
        ["sampling: offsets"] = (() => new TokenSampling().Compute(F(2, 3), F(2), D(2)), "offsets", "must be Float32 [3]"),
        ["sampling: uniforms"] = (
            () => new TokenSampling().Compute(F(2, 3), F(3), F(2)), "uniforms", "must be Float64 [2]; it is Float32 [2]"),
    };

    private static readonly Dictionary<string, (Action Call, string Argument, string Message)> _packed = new()
    {
        ["weight"] = (() => PackedMatrix.Pack(D(4, 3)), "weight", "must be Float32 [out, in]; it is Float64 [4, 3]"),
        ["int8 weight"] = (() => PackedMatrix.PackInt8(F(4, 3), F(4)), "weight", "must be an int8 matrix [out, in]"),
        ["int8 scale"] = (() => PackedMatrix.PackInt8(zeros(4, 3, dtype: ScalarType.Int8), F(3)), "scale", "must be Float32 [4]"),
        ["product: input"] = (() => Product(F(2, 4), null, F(2, 4)), "input", "must be contiguous Float32 [2, 3]; it is Float32 [2, 4]"),
        ["product: order"] = (() => Product(F(3, 2).t(), null, F(2, 4)), "input", "must be contiguous Float32 [2, 3]"),
        ["product: output"] = (() => Product(F(2, 3), null, F(3, 4)), "output", "must be contiguous Float32 [2, 4]"),
        ["product: bias"] = (() => Product(F(2, 3), F(3), F(2, 4)), "bias", "must be contiguous Float32 [4]"),
        ["lstm step: input"] = (() => LstmStep(0, F(2, 4)), "input", "must be contiguous Float32 [2, 3]"),
        ["lstm step: hidden"] = (() => LstmStep(1, F(1, 2)), "hidden", "must be contiguous Float32 [2, 2]"),
        ["lstm step: cell"] = (() => LstmStep(2, F(2, 3)), "cell", "must be contiguous Float32 [2, 2]"),
        ["lstm step: bias"] = (() => LstmStep(3, F(7)), "bias", "must be contiguous Float32 [8]"),
        ["transformer step: x"] = (() => TransformerStep(F(2, 5), F(2, 2, 9, 4)), "x", "must be contiguous Float32 [2, 4]"),
        ["transformer step: cache"] = (
            () => TransformerStep(F(2, 4), F(2, 2, 3, 4)), "caches", "must be contiguous Float32 [2, 2, 4, 4]; it is Float32 [2, 2, 3, 4]"),
    };

    public static TheoryData<string> Mistakes => [.. _mistakes.Keys];

    public static TheoryData<string> PackedMistakes => [.. _packed.Keys];

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_names_the_argument_and_what_it_must_be(string mistake)
    {
        using var scope = NewDisposeScope();
        foreach (var form in Forms.Both())
        {
            using (form)
                Check(_mistakes[mistake]);
        }
    }

    [KernelTheory]
    [MemberData(nameof(PackedMistakes))]
    public void So_does_a_mistake_in_decoding(string mistake)
    {
        using var scope = NewDisposeScope();
        Check(_packed[mistake]);
    }

    private static void Check((Action Call, string Argument, string Message) mistake)
    {
        var error = Assert.ThrowsAny<ArgumentException>(mistake.Call);
        Assert.Equal(mistake.Argument, error.ParamName);
        Assert.StartsWith(mistake.Argument, error.Message, StringComparison.Ordinal);
        Assert.Contains(mistake.Message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    private static Tensor F(params long[] shape) => zeros(shape);

    private static Tensor D(params long[] shape) => zeros(shape, dtype: ScalarType.Float64);

    private static Tensor L(params long[] shape) => zeros(shape, dtype: ScalarType.Int64);

    // All that fits, but for one operand.
    private static void Lstm(int place, Tensor wrong)
    {
        Tensor[] operands = [F(2, 3, 5), F(2, 4), F(2, 4), F(16, 5), F(16, 4), F(16)];
        operands[place] = wrong;
        LstmKernel.Compute(operands[0], operands[1], operands[2], operands[3], operands[4], operands[5]);
    }

    private static void CrossEntropy(int place, Tensor wrong)
    {
        Tensor[] operands = [F(2, 3), F(5, 3), F(5), L(2), F(2)];
        operands[place] = wrong;
        LinearCrossEntropy.Compute(operands[0], operands[1], operands[2], operands[3], operands[4]);
    }

    private static void Multinomial(int place, Tensor wrong)
    {
        Tensor[] operands = [L(4), F(4), L(2)];
        operands[place] = wrong;
        LinearMultinomial.Compute(F(2, 3), F(5, 3), F(5), operands[0], operands[1], operands[2]);
    }

    private static void Product(Tensor input, Tensor? bias, Tensor output) => PackedMatrix.Pack(F(4, 3)).Multiply(input, bias, output);

    private static void LstmStep(int place, Tensor wrong)
    {
        Tensor[] operands = [F(2, 3), F(2, 2), F(2, 2), F(8)];
        operands[place] = wrong;
        PackedMatrix.Pack(F(8, 5)).LstmStep(operands[0], operands[1], operands[2], operands[3]);
    }

    // One block of width 4 with one head, the fourth token.
    private static void TransformerStep(Tensor x, Tensor cache)
    {
        (Tensor, Tensor, IReadOnlyList<(Tensor, Tensor)>) Branch(params (Tensor, Tensor)[] layers) => (F(4), F(4), layers);
        var (attention, feedForward) = (Branch((F(12, 4), F(12)), (F(4, 4), F(4))), Branch((F(8, 4), F(8)), (F(4, 8), F(4))));
        new TransformerStep([[attention, feedForward]], (F(4), F(4)), 1, Precision.Float32).Run(x, [cache], 3, [], null);
    }
}
