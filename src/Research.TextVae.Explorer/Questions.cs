using System.Globalization;
using Research.TextVae.Evaluation;
using Research.TextVae.Experiments;
using Research.TextVae.Generation;
using Research.TextVae.Models;
using Research.TextVae.Support;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;
using static TorchSharp.torch;

namespace Research.TextVae.Explorer;

/// <summary>What the page asks of a model of either kind.</summary>
internal class Questions(TrainedRun run)
{
    private const int LongestText = 2000, MostTexts = 32;

    protected TrainedRun Run { get; } = run;

    /// <summary>What the model is.</summary>
    public virtual object Describe() => new
    {
        kind = "language",
        name = Name,
        model = ModelName,
        data = Run.DataName,
        vocabulary = Run.Tokenizer.Vocabulary.Count,
        hasAttention = Run.Model is TransformerLm or TransformerVae,
        spaced = Run.Tokenizer is WordTokenizer,
    };

    /// <summary>Asks everything once.</summary>
    public virtual bool Rehearse()
    {
        Next(new TextQuestion(""));
        Sample(new SampleQuestion());
        return true;
    }

    /// <summary>The tokens of a text with their probabilities, and the likeliest next ones.</summary>
    public object Next(TextQuestion question)
    {
        var ids = Tokens(question.Text);
        var prompt = Prompt.From(Run.LanguageModel, 1).Continuing([ids]);
        var predictions = TokenPredictions.Of(prompt, 24);
        return new
        {
            tokens = ids.Zip(predictions.Given, (id, probability) => new { text = Shown(id), known = id != Vocabulary.UnkId, probability }),
            next = predictions.Next.Select(token => new
            {
                text = Shown(token.Token),
                probability = token.Probability,
                writes = token.Token >= Vocabulary.Markers.Count ? Run.Tokenizer.Decode([token.Token]) : null,
            }),
        };
    }

    /// <summary>The attention of every layer and head.</summary>
    public object Attention(TextQuestion question)
    {
        var ids = Tokens(question.Text);
        var attention = Run.Model switch
        {
            TransformerLm language => TextAttention.Evaluate(language, ids),
            TransformerVae vae when ids.Length > 0 => TextAttention.Evaluate(vae, ids, Run.Encode(question.Text)),
            TransformerVae => throw new UserException("There is no sentence; write at least one word."),
            _ => throw new UserException("The model is no Transformer and has no attention."),
        };
        return new
        {
            tokens = attention.Tokens.Select(Shown),
            memory = attention.Memory,
            weights = attention.Weights
                .Select(layer => layer.Select(head => head.Select(row => row.Select(weight => Math.Round(weight, 4))))),
        };
    }

    /// <summary>New texts.</summary>
    public virtual object Sample(SampleQuestion question)
    {
        Check(question.Prompt);
        var options = Options(question, Run.Tokenizer.CountTokens(question.Prompt));
        return new
        {
            texts = string.IsNullOrWhiteSpace(question.Prompt)
                ? Run.Sample(question.Count, options, question.Seed)
                : Run.Continue(question.Prompt, question.Count, options, question.Seed),
        };
    }

    protected string Name => string.Join(" · ",
        new[] { Path.GetFileName(Path.GetFullPath(Path.Combine(Run.Folder, "..", "..", ".."))), Run.Member, Run.Class }
            .Where(part => !string.IsNullOrEmpty(part)));

    protected string ModelName => Run.Model switch
    {
        LstmVae => "LSTM VAE",
        TransformerVae => "Transformer VAE",
        TransformerLm => "Transformer",
        RecurrentLm => ((RecurrentLmConfig)Run.Config).Cell.ToString().ToUpperInvariant(),
        var other => other.GetType().Name,
    };

    protected static void Check(string? text)
    {
        if (text?.Length > LongestText)
            throw new UserException(
                string.Create(CultureInfo.InvariantCulture, $"The text has {text.Length:N0} characters; write at most {LongestText:N0}."));
    }

    protected int[] Tokens(string? text)
    {
        Check(text);
        return [.. Run.Tokenizer.EncodeToIds(text ?? "")];
    }

    protected string Shown(int id) => id < Vocabulary.Markers.Count || Run.Tokenizer.Decode([id]) is not { Length: > 0 } text
        ? Run.Tokenizer.Vocabulary[id]
        : text;

    protected GenerationOptions Options(SampleQuestion question, int prompt = 0)
    {
        if (question.Count is < 1 or > MostTexts)
            throw new UserException($"The number of texts is {question.Count}; ask for 1 to {MostTexts}.");
        if (question.Temperature is not (>= 0 and <= 10))
            throw new UserException($"The temperature is {question.Temperature}; give a number from 0 to 10.");
        if (question.TopP is not (> 0 and <= 1))
            throw new UserException($"Top-p is {question.TopP}; give a share above 0 and at most 1.");
        var options = question.Temperature == 0
            ? GenerationOptions.Greedy
            : GenerationOptions.Sample(
            [
                new Temperature(question.Temperature), .. question.TopP < 1 ? [new TopP(question.TopP)] : Array.Empty<LogitsProcessor>(),
            ]);
        return options with { MaxTokens = Run.Longest(prompt) };
    }
}

/// <summary>What the page asks of a VAE.</summary>
internal sealed class LatentQuestions(TrainedRun run, LatentMap map) : Questions(run), IDisposable
{
    private const int Neighbours = 7, MostSteps = 25;

    private readonly Dictionary<int, string> _reconstructions = [];
    private TSne? _embedding;

    public override object Describe()
    {
        using var variances = map.Means.var(0);
        using var means = map.Means.mean([0L]);
        var (spreads, centers) = (variances.sqrt().data<float>().ToArray(), means.data<float>().ToArray());
        using var largest = map.Means.abs().amax([0L]);
        var ranges = largest.data<float>().ToArray();
        return new
        {
            kind = "vae",
            name = Name,
            model = ModelName,
            data = Run.DataName,
            vocabulary = Run.Tokenizer.Vocabulary.Count,
            hasAttention = Run.Model is TransformerVae,
            latent = map.KlPerDimension.Count,
            sentences = map.Sentences.Count,
            kl = map.Elbo.Kl.Average(),
            negativeElbo = map.Elbo.Negative.Average(),
            activeUnits = ActiveUnits.Count(map.Means),
            // What carries most first; sliders reach as far as the prior and the sentences do.
            dimensions = map.KlPerDimension.Select((kl, index) => new
            {
                index,
                kl,
                mean = centers[index],
                spread = spreads[index],
                range = Math.Max(3, Math.Ceiling(ranges[index] * 2) / 2),
            })
                .OrderByDescending(dimension => dimension.kl),
        };
    }

    /// <summary>All sentences and their places on the principal components.</summary>
    public object Sentences()
    {
        using var places = map.Project(map.Means);
        return new
        {
            texts = map.Sentences.Texts,
            labels = Enumerable.Range(0, map.Sentences.Count).Select(i => map.Sentences.Source(i).Label),
            lengths = map.Sentences.Lengths,
            losses = map.Elbo.Negative.Select(value => Math.Round(value, 3)),
            explained = map.ExplainedVariance,
            places = Places(places),
        };
    }

    /// <summary>The places by t-SNE so far, which the model's thread goes on with when it is not asked.</summary>
    public object Embedding(ModelThread thread)
    {
        if (_embedding is null && map.Sentences.Count >= 4)
        {
            _embedding = new TSne(map.Means);
            thread.GoOnWith(_embedding.Step);
        }

        using var places = _embedding?.Points ?? map.Project(map.Means);
        return new { iteration = _embedding?.Iteration ?? 0, iterations = _embedding?.Iterations ?? 0, places = Places(places) };
    }

    /// <summary>A sentence of the map, encoded and decoded again.</summary>
    public object Reconstruct(int index)
    {
        if (index < 0 || index >= map.Sentences.Count)
            throw new UserException($"There is no sentence {index}; the map has {map.Sentences.Count}.");
        if (!_reconstructions.TryGetValue(index, out var text))
            _reconstructions[index] = text = Run.Decode(map.Means.narrow(0, index, 1))[0];
        return new { text };
    }

    /// <summary>A sentence's posterior, its terms of the ELBO, and its neighbours.</summary>
    public object Sentence(TextQuestion question)
    {
        Demand(question.Text);
        var posterior = Run.Posterior(question.Text);
        var code = tensor(posterior.Mean.Select(value => (float)value).ToArray());
        return new
        {
            text = question.Text,
            tokens = posterior.Tokens.Select(id => new { text = Shown(id), known = id != Vocabulary.UnkId }),
            mean = posterior.Mean,
            deviation = posterior.StandardDeviation,
            kl = posterior.Kl,
            loss = posterior.Reconstruction,
            reconstruction = Run.Decode(code.unsqueeze(0))[0],
            place = Places(map.Project(code.unsqueeze(0)))[0],
            neighbours = map.Nearest(code, Neighbours).Select(near => new { index = near.Index, distance = near.Value }),
        };
    }

    /// <summary>What is decoded on the way from one sentence to another.</summary>
    public object Path(PathQuestion question)
    {
        Demand(question.From);
        Demand(question.To);
        if (question.Steps is < 2 or > MostSteps)
            throw new UserException($"The path has {question.Steps} steps; ask for 2 to {MostSteps}.");
        var ends = Run.Encode(question.From, question.To);
        return Decoded(question.Spherical
            ? Latent.InterpolateSpherically(ends[0], ends[1], question.Steps)
            : Latent.Interpolate(ends[0], ends[1], question.Steps));
    }

    /// <summary>What is decoded from a code.</summary>
    public object Decode(CodeQuestion question)
    {
        if (question.Code.Count != map.KlPerDimension.Count || !question.Code.All(float.IsFinite))
            throw new UserException($"A code has {map.KlPerDimension.Count} finite numbers.");
        var code = tensor(question.Code.ToArray());
        var near = map.Nearest(code, 1)[0];
        return new
        {
            text = Run.Decode(code.unsqueeze(0))[0],
            place = Places(map.Project(code.unsqueeze(0)))[0],
            nearest = new { index = near.Index, distance = near.Value },
        };
    }

    public override object Sample(SampleQuestion question)
    {
        var options = Options(question);
        var codes = Run.PriorCodes(question.Count, question.Seed);
        return new { texts = Run.Decode(codes, options, question.Seed), places = Places(map.Project(codes)) };
    }

    /// <summary>What a sentence becomes when multiples of an attribute's direction are added to its code.</summary>
    public object Attribute(AttributeQuestion question)
    {
        Demand(question.Text);
        Check(question.With);
        Check(question.Without);
        var (with, without) = (map.Find(question.With), map.Find(question.Without ?? ""));
        if (with.Count == 0)
            throw new UserException($"No sentence of the map has '{question.With}'; write another word or mark.");
        if (without.Count == 0 && !string.IsNullOrWhiteSpace(question.Without))
            throw new UserException($"No sentence of the map has '{question.Without}'; write another, or nothing for all others.");
        var direction = map.Direction(with, without);
        var codes = Latent.Traverse(Run.Encode(question.Text)[0], direction, -question.Strength, question.Strength, 7);
        return new { with, without, length = direction.norm().item<float>(), path = Decoded(codes) };
    }

    public override bool Rehearse()
    {
        var text = map.Sentences.Source(0).Text;
        Sentence(new TextQuestion(text));
        Path(new PathQuestion(text, text));
        Decode(new CodeQuestion(new float[map.KlPerDimension.Count]));
        Sample(new SampleQuestion());
        Decoded(Latent.Traverse(map.Means[0], map.Direction([0], []), -1, 1, 7));
        return true;
    }

    public void Dispose()
    {
        _embedding?.Dispose();
        map.Dispose();
    }

    private object Decoded(Tensor codes) => new { texts = Run.Decode(codes), places = Places(map.Project(codes)) };

    private void Demand(string text)
    {
        if (Tokens(text).Length == 0)
            throw new UserException("There is no sentence; write at least one word.");
    }

    // [places, 2]
    private static float[][] Places(Tensor places) => [.. places.data<float>().ToArray().Chunk(2)];
}

/// <summary>A text, as it was typed.</summary>
internal sealed record TextQuestion(string Text);

/// <summary>The ends of a path, and its points with both.</summary>
internal sealed record PathQuestion(string From, string To, int Steps = 7, bool Spherical = false);

/// <summary>A code; [latent].</summary>
internal sealed record CodeQuestion(IReadOnlyList<float> Code);

/// <summary>How to draw texts; temperature 0 takes the likeliest token each time.</summary>
internal sealed record SampleQuestion(int Count = 8, double Temperature = 1, double TopP = 1, ulong Seed = 1, string Prompt = "");

/// <summary>A sentence and two sets of sentences by words that they hold, and the largest multiple of their difference.</summary>
internal sealed record AttributeQuestion(string Text, string With, string? Without = null, double Strength = 2);
