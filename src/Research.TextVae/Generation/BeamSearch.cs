using Research.TextVae.Models;
using Research.TextVae.Support;
using Research.TextVae.Tokenizers;
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
    /// <param name="start">The model, whose training mode is restored afterwards, and the state that decoding starts from.</param>
    /// <param name="beam">Width, results and length penalty.</param>
    /// <param name="options">Filters, lengths, stop strings; nothing is drawn, and a row of the batch is a text kept.</param>
    /// <returns>[texts][results], the best first, at least one for each text: where none ends, the best of those that do not.</returns>
    public static IReadOnlyList<IReadOnlyList<Hypothesis>> Decode(Prompt start, BeamOptions beam, GenerationOptions options)
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(beam);
        ArgumentNullException.ThrowIfNull(options);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var mode = new EvaluationMode((nn.Module)start.Model);

        var never = torch.tensor(options.Never(start.Model.VocabularySize)); // [vocabulary]
        var beams = Enumerable.Range(0, start.Count).Select(text => new Beam(beam, options, start.Prefix(text))).ToArray();
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
        for (var position = 0; ; position++)
        {
            HostInterruption.Check();
            using var step = NewDisposeScope();
            var raw = run.Next(torch.tensor(tokens, device: device)).cpu(); // [rows, vocabulary]
            TokenSampler.RequireNumbers(raw);
            var logits = raw.log_softmax(-1) + never;
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
                var parents = position < text.Prefix.Length ? [0] : text.Grow(
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
            tokens = [.. going.SelectMany(text => text.Growing.Select(growing => (long)growing.Tokens[position]))];
        }
    }
}

/// <summary>How wide a beam search is and what it takes for best.</summary>
public sealed record BeamOptions
{
    /// <summary>Unfinished texts that are kept at each length.</summary>
    public int Width { get; init => field = Require.AtLeast(1, value); } = 5;

    /// <summary>Texts returned for each start, the best first.</summary>
    public int Results { get; init => field = Require.AtLeast(1, value); } = 1;

    /// <summary>α of Wu et al. 2016, who take 0.6: 0 looks for the likeliest text, which favours short ones, 1 nearly for the likeliest
    /// token.</summary>
    public double LengthPenalty { get; init => field = Require.AtLeast(0, value); }

    /// <summary>What a text's log-probability is divided by.</summary>
    /// <param name="tokens">Its tokens, <c>&lt;/s&gt;</c> included.</param>
    // lp(Y) = (5 + |Y|)^α / (5 + 1)^α   (equation 14)
    public double Penalty(int tokens) => Math.Pow((5.0 + tokens) / 6, LengthPenalty);
}

/// <summary>The search for one text: what is still growing and what has ended.</summary>
internal sealed class Beam(BeamOptions beam, GenerationOptions options, int[] prefix)
{
    private readonly List<Hypothesis> _ended = [];

    // Texts after which the filters leave no token, not even an end.
    private readonly List<Hypothesis> _stuck = [];

    /// <summary>The tokens that the text begins with; their probability does not count.</summary>
    public int[] Prefix => prefix;

    /// <summary>Texts that grow, the likeliest first, each with its log-probability.</summary>
    public IReadOnlyList<(int[] Tokens, double LogProbability)> Growing { get; private set; } = [(prefix, 0)];

    /// <summary>The results so far, filled up with texts that have not ended.</summary>
    public IReadOnlyList<Hypothesis> Results =>
    [
        .. Best(_ended).Concat(Best(Growing.Select(text => Unfinished(text.Tokens, text.LogProbability)).Concat(_stuck)))
        .Take(beam.Results),
    ];

    // No text that grows can become better than if it took the greatest length at no further cost.
    private bool Done =>
        Growing.Count == 0
        || Growing[0].Tokens.Length - prefix.Length >= options.MaxTokens
        || (_ended.Count >= beam.Results && Best(_ended).Last().Score >= Growing[0].LogProbability / beam.Penalty(options.MaxTokens));

    /// <summary>Lets every growing text grow by a token.</summary>
    /// <param name="candidates">The likeliest next tokens of each growing text, at least twice the width where there are as many.</param>
    /// <returns>Which of the growing texts each of the new ones continues; nothing when the search is done.</returns>
    public IReadOnlyList<int> Grow(IEnumerable<(int Parent, int Token, double LogProbability)> candidates)
    {
        // A text can end in one way only, so that of twice the width at least the width goes on.
        var possible = candidates.Where(next => !double.IsNegativeInfinity(next.LogProbability)).ToArray();
        _stuck.AddRange(Growing.Where((_, parent) => !Array.Exists(possible, next => next.Parent == parent))
            .Select(text => Unfinished(text.Tokens, text.LogProbability)));
        var best = possible.Select(next => next with { LogProbability = Growing[next.Parent].LogProbability + next.LogProbability })
            .OrderByDescending(next => next.LogProbability).ThenBy(next => next.Parent).ThenBy(next => next.Token)
            .Take(2 * beam.Width).ToArray();
        var growing = new List<(int[], double)>();
        var parents = new List<int>();
        for (var rank = 0; rank < best.Length && growing.Count < beam.Width; rank++)
        {
            var (parent, token, logProbability) = best[rank];
            var before = Growing[parent].Tokens;
            int[] tokens = token == Vocabulary.EosId ? before : [.. before, token];
            if (token != Vocabulary.EosId && options.Stop?.Reached(tokens, prefix.Length) != true)
            {
                growing.Add((tokens, logProbability));
                parents.Add(parent);
            }
            else if (rank < beam.Width)
            {
                _ended.Add(Scored(tokens, logProbability, before.Length - prefix.Length + 1, ends: true));
            }
        }

        Growing = growing;
        return Done ? [] : parents;
    }

    private IEnumerable<Hypothesis> Best(IEnumerable<Hypothesis> hypotheses) =>
        hypotheses.OrderByDescending(text => text.Score).Take(beam.Results);

    private Hypothesis Unfinished(int[] tokens, double logProbability) =>
        Scored(tokens, logProbability, tokens.Length - prefix.Length, ends: false);

    private Hypothesis Scored(int[] tokens, double logProbability, int length, bool ends) =>
        new(tokens, logProbability, logProbability / beam.Penalty(length), ends);
}

/// <summary>A text that beam search has found.</summary>
/// <param name="Tokens">Its ids without <c>&lt;s&gt;</c> and <c>&lt;/s&gt;</c>, those of a prompt first.</param>
/// <param name="LogProbability">log p in nats of what follows the prompt, <c>&lt;/s&gt;</c> included where the text has come to it; filters
/// that change more than they rule out change it too.</param>
/// <param name="Score">The log-probability divided by the length penalty.</param>
/// <param name="Ended">Whether the text ends by itself or with a stop string, rather than being cut for its length.</param>
public sealed record Hypothesis(IReadOnlyList<int> Tokens, double LogProbability, double Score, bool Ended);
