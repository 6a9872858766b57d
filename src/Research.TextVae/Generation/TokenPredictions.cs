using Research.TextVae.Models;
using Research.TextVae.Tokenizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Generation;

/// <summary>What a model expects at each place of a text, and after it.</summary>
/// <param name="Given">p(xₜ | x₍&lt;t₎, …) of each token of the text.</param>
/// <param name="Next">The likeliest tokens after the text, the likeliest first; <c>&lt;/s&gt;</c> and <c>&lt;unk&gt;</c> among
/// them.</param>
public sealed record TokenPredictions(IReadOnlyList<double> Given, IReadOnlyList<TokenProbability> Next)
{
    /// <summary>Reads the tokens that a prompt of one text begins with, dropout off.</summary>
    /// <param name="prompt">The model, whose training mode is restored, what it writes from, and the text; it may be empty.</param>
    /// <param name="count">How many of the next tokens, at most all.</param>
    /// <exception cref="ArgumentException">The prompt has several texts.</exception>
    public static TokenPredictions Of(Prompt prompt, int count)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        if (prompt.Count != 1)
            throw new ArgumentException($"The prompt has {prompt.Count} texts, not one.", nameof(prompt));
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var mode = new EvaluationMode((nn.Module)prompt.Model);
        var run = prompt.Run(0, 1);
        int[] read = [Vocabulary.BosId, .. prompt.Prefix(0)];
        var given = new List<double>();
        for (var place = 0; ; place++)
        {
            using var step = NewDisposeScope();
            var logits = run.Next(torch.tensor([(long)read[place]], device: prompt.Model.Device))[0]; // [vocabulary]
            var probabilities = logits.to_type(ScalarType.Float64).softmax(0).cpu();
            if (place < read.Length - 1)
            {
                given.Add(probabilities[read[place + 1]].item<double>());
                continue;
            }

            var (values, indices) = probabilities.topk(Math.Min(count, prompt.Model.VocabularySize));
            return new TokenPredictions(
                given,
                [.. indices.data<long>().ToArray().Zip(values.data<double>().ToArray(), (id, p) => new TokenProbability((int)id, p))]);
        }
    }
}

/// <summary>A token and its probability.</summary>
/// <param name="Token">Its id.</param>
/// <param name="Probability">Between 0 and 1.</param>
public sealed record TokenProbability(int Token, double Probability);
