using Research.TextVae.Diagnostics;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Generation;

/// <summary>
/// Beam search: of all continuations of the texts kept, the likeliest are kept in turn (Sutskever et al. 2014, section 3.2), until no
/// growing text can become better than the results under the length penalty (Wu et al. 2016). Probabilities are the model's own over
/// the whole vocabulary, so that log p is what teacher forcing gives.
/// </summary>
public static class BeamSearch
{
    /// <summary>The best texts found for each start.</summary>
    /// <param name="start">The model, whose training mode is put back afterwards, and what it writes from.</param>
    /// <param name="beam">Width, results and length penalty.</param>
    /// <param name="options">Filters, lengths, stop strings; nothing is drawn, and a row of the batch is a text kept.</param>
    /// <returns>[texts][results], the best first; fewer where the model has no more.</returns>
    public static IReadOnlyList<IReadOnlyList<Hypothesis>> Decode(Prompt start, BeamOptions beam, GenerationOptions options)
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(beam);
        ArgumentNullException.ThrowIfNull(options);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var mode = new EvaluationMode(start.Model);

        var never = torch.tensor(options.Never(start.Model.VocabularySize)); // [vocabulary]
        var beams = Enumerable.Range(0, start.Count).Select(_ => new Beam(beam, options)).ToArray();
        var size = Math.Max(1, options.BatchSize / beam.Width);
        for (var first = 0; first < beams.Length; first += size)
        {
            using var batch = NewDisposeScope();
            Search(start, first, beams.AsMemory(first, Math.Min(size, beams.Length - first)).ToArray(), beam, options, never);
        }

        return [.. beams.Select(text => text.Results)];
    }

    private static void Search(Prompt start, int first, Beam[] beams, BeamOptions beam, GenerationOptions options, Tensor never)
    {
        var device = start.Model.Device;
        var run = start.Run(first, beams.Length);
        var tokens = Enumerable.Repeat((long)Vocabulary.BosId, beams.Length).ToArray();
        for (var position = 0; position < options.MaxTokens; position++)
        {
            HostInterruption.Check();
            using var step = NewDisposeScope();
            var logits = run.Next(torch.tensor(tokens, device: device)).cpu().log_softmax(-1) + never; // [rows, vocabulary]
            if (options.Processors.Count > 0)
            {
                var written = beams.SelectMany(text => text.Growing.Select(growing => growing.Tokens)).ToArray();
                logits = options.Processors.Aggregate(logits, (filtered, filter) => filter.Apply(filtered, written));
            }

            var each = (int)Math.Min(2L * beam.Width, logits.shape[1]);
            var (values, indices) = logits.topk(each, -1); // [rows, each]
            var (scores, candidates) = (values.to_type(ScalarType.Float64).data<double>().ToArray(), indices.data<long>().ToArray());

            var rows = new List<long>();
            var going = new List<Beam>();
            var row = 0;
            foreach (var text in beams)
            {
                var (offset, count) = (row, text.Growing.Count);
                row += count;
                var parents = text.Grow(
                    from place in Enumerable.Range(offset * each, count * each)
                    select (place / each - offset, (int)candidates[place], scores[place]));
                if (parents.Count == 0)
                    continue;
                going.Add(text);
                rows.AddRange(parents.Select(parent => (long)offset + parent));
            }

            if (rows.Count == 0)
                return;
            run.Select(torch.tensor(rows.ToArray(), device: device));
            beams = [.. going];
            tokens = [.. going.SelectMany(text => text.Growing.Select(growing => (long)growing.Tokens[^1]))];
        }
    }
}
