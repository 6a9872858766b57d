using Research.TextVae.Text;
using Research.TextVae.Tokenizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Models;

/// <summary>Batches written by hand.</summary>
internal static class Sentences
{
    public static TextBatch Batch(params int[][] sentences)
    {
        var time = sentences.Max(sentence => sentence.Length) + 1;
        long At(int[] sentence, int position) =>
            position < sentence.Length ? sentence[position] : position == sentence.Length ? Vocabulary.EosId : Vocabulary.PadId;
        long[] Row(int[] sentence, int shift) =>
            [.. Enumerable.Range(shift, time)
                .Select(position => position < 0
                    ? Vocabulary.BosId
                    : position >= sentence.Length && shift < 0
                    ? Vocabulary.PadId
                    : At(sentence, position))];

        Tensor Matrix(int shift) =>
            torch.tensor(sentences.SelectMany(sentence => Row(sentence, shift)).ToArray()).reshape(sentences.Length, time);
        var lengths = torch.tensor(sentences.Select(sentence => sentence.Length + 1L).ToArray());
        return new TextBatch(
            Matrix(-1),
            Matrix(0),
            lengths,
            arange(time).unsqueeze(0).lt(lengths.unsqueeze(1)).to_type(ScalarType.Float32),
            sentences.Sum(sentence => sentence.Length + 1L));
    }
}
