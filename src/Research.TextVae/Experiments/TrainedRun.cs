using System.Globalization;
using System.Text.Json.Nodes;
using Research.TextVae.Evaluation;
using Research.TextVae.Generation;
using Research.TextVae.Models;
using Research.TextVae.Support;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Experiments;

/// <summary>
/// A text model that a run has trained, with its tokenizer, for one's own sentences: a VAE encodes, decodes and interpolates them,
/// and every model generates new ones or continues a prompt.
/// </summary>
/// <example><code>
/// var run = TrainedRun.Open("runs/vae-beta-sweep/20261101-101500-00aa", member: "β=0.25");
/// var z = run.Encode("She was not at home.", "He had left for London."); // [2, latent]
/// foreach (var text in run.Interpolate("She was not at home.", "He had left for London.", steps: 7))
///     Console.WriteLine(text);
/// Console.WriteLine(run.Sample(5, GenerationOptions.Sample(new TopP(0.9)), seed: 1)[0]);
/// </code></example>
[TypeFormatterSource(typeof(DescriptionFormatters), PreferredMimeTypes = [DescriptionFormatters.Html])]
public sealed class TrainedRun : IDisposable, IDescribed
{
    private readonly TrainedModel _file;
    private readonly int? _label;

    private TrainedRun(string folder, TrainedModel file, Tokenizer tokenizer, IAutoregressiveModel model, int? label = null)
    {
        (Folder, _file, _label) = (folder, file, label);
        (DataName, TextOptions, LongestSentence, Config) = (file.Data, file.Text, file.Longest, file.Model);
        (Tokenizer, Model) = (tokenizer, model);
    }

    Description IDescribed.Describe() => new(
        Member, ("folder", Folder), ("data", DataName), ("model", Config.GetType().Name),
        ("vocabulary", $"{Tokenizer.Vocabulary.Count:n0}"),
        ("longest sentence", $"{LongestSentence} tokens"));

    /// <summary>The member's folder.</summary>
    public string Folder { get; }

    /// <summary>The member's name.</summary>
    public string Member => Path.GetFileName(Folder);

    /// <summary>Name of the corpus it was trained on.</summary>
    public string DataName { get; }

    /// <summary>The model, a <see cref="TextVaeModel"/> or a <see cref="Models.LanguageModel"/>, on the CPU, dropout off.</summary>
    public IAutoregressiveModel Model { get; }

    /// <summary>What the model was built from.</summary>
    public ModelConfig Config { get; }

    /// <summary>Text to the model's token ids and back.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>How the corpus became training data.</summary>
    public TextOptions TextOptions { get; }

    /// <summary>Tokens of the longest training sentence; where no options are given, texts are cut after as many.</summary>
    public int LongestSentence { get; }

    /// <summary>The classes that the model is conditioned on, by their labels in the corpus; empty where there are none.</summary>
    public IReadOnlyList<string> Classes => Config is not LstmVaeConfig { Classes: var count and > 0 } ? []
        : _file.Classes ?? [.. Enumerable.Range(0, count).Select(number => number.ToString(CultureInfo.InvariantCulture))];

    /// <summary>The class that is encoded, decoded and sampled; null until <see cref="OfClass"/> has chosen one.</summary>
    public string? Class => _label is { } chosen ? Classes[chosen] : null;

    /// <summary>The model as a VAE.</summary>
    /// <exception cref="UserException">It is a language model.</exception>
    public TextVaeModel Vae => Model as TextVaeModel
        ?? throw new UserException(
            $"{Folder} has a language model, which has no latent codes: it can sample and go on from a prompt; open a member with a VAE to "
                + "encode, decode or interpolate.");

    /// <summary>The model as a language model.</summary>
    /// <exception cref="UserException">It is a VAE.</exception>
    public LanguageModel LanguageModel => Model as LanguageModel ?? throw new UserException($"{Folder} has a VAE, not a language model.");

    /// <summary>Opens what a run or one of its members has trained, with the weights of its best epoch.</summary>
    /// <param name="folder">The folder of a run, <c>runs/&lt;recipe&gt;/&lt;id&gt;</c>, or of one of its members.</param>
    /// <param name="member">Which of a run's members; needed where several have a model.</param>
    /// <param name="tokenizer">The tokenizer it was trained with; needed where this was an object of Microsoft.ML.Tokenizers, which no file
    /// can hold.</param>
    /// <exception cref="UserException">There is no such folder or member, it has no text model, several members have one, or the tokenizer
    /// is missing or another one.</exception>
    public static TrainedRun Open(string folder, string? member = null, Microsoft.ML.Tokenizers.Tokenizer? tokenizer = null)
    {
        var chosen = TrainedMember.Choose(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)), member);
        var file = TrainedModel.Read(chosen);
        var path = Path.Combine(chosen, TrainedModel.TokenizerName);
        var own = tokenizer is null ? Tokenizer.Load(path) : OutsideFile.Same(path, Tokenizer.From(tokenizer));
        if (own.Vocabulary.Count != file.Vocabulary)
            throw new UserException(
                $"{path} has {own.Vocabulary.Count} tokens, but the model beside it {file.Vocabulary}; restore the file, or run the "
                    + "recipe again.");
        return new TrainedRun(chosen, file, own, file.Build(chosen));
    }

    /// <summary>The same model for one of its classes: p(x | z, c) with z ~ p(z | c) (Sohn et al. 2015). The model is shared; disposing of
    /// either disposes of it.</summary>
    /// <param name="name">One of <see cref="Classes"/>.</param>
    /// <exception cref="UserException">The model has no class of that name.</exception>
    public TrainedRun OfClass(string name)
    {
        var classes = Classes;
        for (var i = 0; i < classes.Count; i++)
        {
            if (classes[i] == name)
                return new TrainedRun(Folder, _file, Tokenizer, Model, i);
        }

        throw new UserException(classes.Count == 0
            ? $"{Folder} has a model without classes; leave the class '{name}' out."
            : $"{Folder} has no class '{name}'; its classes are {string.Join(", ", classes)}.");
    }

    /// <summary>How many tokens of a text the vocabulary does not hold: the model reads each as <c>&lt;unk&gt;</c>.</summary>
    public int CountUnknown(string text) => Tokenizer.EncodeToIds(text).Count(id => id == Vocabulary.UnkId);

    /// <summary>The means of the posteriors q(z|x).</summary>
    /// <param name="texts">Sentences of at least one token each.</param>
    /// <returns>[texts, latent], on the CPU.</returns>
    /// <exception cref="UserException">A sentence has no tokens, the model is no VAE, or it has classes and none is chosen.</exception>
    public Tensor Encode(params IReadOnlyList<string> texts) => Chosen.EncodeMeans(Encoded(texts));

    /// <summary>The means of the posteriors q(z|x), and what of the texts the model could not read.</summary>
    /// <param name="texts">Sentences of at least one token each.</param>
    /// <param name="unknown">How many tokens of each text the vocabulary does not hold; [texts].</param>
    /// <inheritdoc cref="Encode(IReadOnlyList{string})"/>
    public Tensor Encode(IReadOnlyList<string> texts, out IReadOnlyList<int> unknown)
    {
        var encoded = Encoded(texts);
        unknown = [.. encoded.Select(ids => ids.Count(id => id == Vocabulary.UnkId))];
        return Chosen.EncodeMeans(encoded);
    }

    /// <summary>q(z|x) of a sentence, and how much of it the code carries.</summary>
    /// <param name="text">A sentence of at least one token.</param>
    /// <exception cref="UserException">The sentence has no tokens, the model is no VAE, or it has classes and none is chosen.</exception>
    public SentencePosterior Posterior(string text)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var (vae, encoded) = (Chosen, Encoded([text]));
        var batch = encoded.ToBatch(vae.Device);
        var posterior = vae.Encode(batch);
        double[] Values(Tensor row) => row.squeeze(0).to_type(ScalarType.Float64).cpu().data<double>().ToArray();
        return new SentencePosterior(
            encoded[0],
            Values(posterior.Mean),
            Values((posterior.LogVariance * 0.5).exp()),
            Values(vae.Kl(batch, posterior)),
            SentenceElbo.Evaluate(vae, encoded.Subset(new int[8]), draws: 1, seed: 0).Reconstruction.Average());
    }

    /// <summary>Decodes a text from each code.</summary>
    /// <param name="z">[texts, latent].</param>
    /// <param name="options">How tokens are chosen; greedily when absent.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <exception cref="UserException">The codes are not of the model's size, the model is no VAE, or it has classes and none is
    /// chosen.</exception>
    public IReadOnlyList<string> Decode(Tensor z, GenerationOptions? options = null, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(z);
        var vae = Chosen;
        if (z.dim() != 2 || z.shape[1] != vae.LatentSize)
            throw new UserException(
                $"The codes have the shape [{string.Join(", ", z.shape)}]; the model decodes codes of the shape [texts, "
                    + $"{vae.LatentSize}].");
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        return Texts(Prompt.From(vae, Conditioned(vae, z)), options ?? GenerationOptions.Greedy with { MaxTokens = Longest(0) }, seed);
    }

    /// <summary>Texts on the straight line from the code of one sentence to that of another, both ends included.</summary>
    /// <param name="from">The first sentence.</param>
    /// <param name="to">The last.</param>
    /// <param name="steps">Texts, at least two.</param>
    /// <param name="options">How tokens are chosen; greedily when absent.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <returns>[steps].</returns>
    /// <inheritdoc cref="Encode(IReadOnlyList{string})"/>
    public IReadOnlyList<string> Interpolate(string from, string to, int steps = 9, GenerationOptions? options = null, ulong seed = 0)
    {
        using var scope = NewDisposeScope();
        var ends = Encode(from, to);
        return Decode(Latent.Interpolate(ends[0], ends[1], steps), options, seed);
    }

    /// <summary>Each sentence encoded and greedily decoded again.</summary>
    /// <remarks>As for reconstruction BLEU, unknown tokens may be written.</remarks>
    /// <returns>[texts].</returns>
    /// <inheritdoc cref="Encode(IReadOnlyList{string})"/>
    public IReadOnlyList<string> Reconstruct(params IReadOnlyList<string> texts) =>
        [.. Reconstruction.Greedy(Chosen, Encoded(texts)).Select(ids => Tokenizer.Decode(ids))];

    /// <summary>Codes from the prior, p(z) or p(z|c), from which <see cref="Sample"/> writes with the same seed.</summary>
    /// <param name="count">Codes.</param>
    /// <param name="seed">Seed of the draws: code i depends on it and i alone.</param>
    /// <returns>[count, latent].</returns>
    /// <exception cref="UserException">The model is no VAE, or it has classes and none is chosen.</exception>
    public Tensor PriorCodes(int count, ulong seed = 0)
    {
        var vae = Chosen;
        using var _ = no_grad();
        return _label is { } chosen
            ? ((LstmVae)vae).PriorCodes(chosen, count, seed)
            : StandardNormal.Sample(count, vae.LatentSize, seed).to(vae.Device);
    }

    /// <summary>Writes new texts: a language model from nothing, a VAE from codes drawn from the prior.</summary>
    /// <param name="count">Texts, at least one.</param>
    /// <param name="options">How tokens are chosen; drawn from the model's own distribution when absent.</param>
    /// <param name="seed">Seed of the codes and the draws: text i depends on it and i alone.</param>
    /// <returns>[count].</returns>
    /// <exception cref="UserException">The model has classes and none is chosen.</exception>
    public IReadOnlyList<string> Sample(int count, GenerationOptions? options = null, ulong seed = 0)
    {
        using var scope = NewDisposeScope();
        return Texts(Start(count, seed), options ?? GenerationOptions.Sample() with { MaxTokens = Longest(0) }, seed);
    }

    /// <summary>Generates texts that continue a prompt; a VAE decodes them from codes of the prior.</summary>
    /// <param name="prompt">The beginning, of at least one token.</param>
    /// <param name="count">Texts, at least one.</param>
    /// <param name="options">How tokens are chosen; drawn from the model's own distribution when absent.</param>
    /// <param name="seed">Seed of the codes and the draws: text i depends on it and i alone.</param>
    /// <returns>[count]; each begins with the prompt, as the tokenizer writes it.</returns>
    /// <exception cref="UserException">The prompt has no tokens or leaves no room for more, or the model has classes and none is
    /// chosen.</exception>
    public IReadOnlyList<string> Continue(string prompt, int count = 1, GenerationOptions? options = null, ulong seed = 0)
    {
        using var scope = NewDisposeScope();
        int[] prefix = [.. Tokenizer.EncodeToIds(prompt)];
        if (prefix.Length == 0)
            throw new UserException("The prompt is empty; give at least one word to go on from.");
        return Texts(
            Start(count, seed).Continuing([.. Enumerable.Repeat(prefix, count)]),
            options ?? GenerationOptions.Sample() with { MaxTokens = Longest(prefix.Length) },
            seed);
    }

    /// <summary>
    /// The sentences that the run kept for its test, of the class that is chosen if one is; those of validation where there are none, and
    /// those of training where these are missing too.
    /// </summary>
    /// <param name="data">Name or path of the corpus; by default what the run was given.</param>
    /// <exception cref="UserException">The corpus is not found, or holds no sentence of the class.</exception>
    public EncodedSentences TestSentences(string? data = null)
    {
        var config = Path.Combine(Folder, "..", "..", RunDescription.FileName);
        data ??= File.Exists(config)
            ? JsonNode.Parse(TextFile.Read(config))?["parameters"]?["data"]?.GetValue<string>() ?? DataName
            : DataName;
        Corpus corpus;
        try
        {
            corpus = Corpus.Load(data, TextOptions.Corpus);
        }
        catch (UserException error)
        {
            throw new UserException($"{Folder} was trained on '{data}': {error.Message.TrimEnd('.')}; name the text with --data.", error);
        }

        // Words are divided as they were when the vocabulary was not known yet; other tokens with the tokenizer that was learned then.
        var text = TextData.Prepare(corpus, TextOptions, Tokenizer is WordTokenizer ? null : Tokenizer);
        var part = new[] { text.Test, text.Validation, text.Train }.First(part => part.Count > 0);
        var sources = Enumerable.Range(0, part.Count).Select(part.Source).ToArray();
        var sentences = new EncodedSentences([.. sources.Select(source => Tokenizer.EncodeToIds(source.Text).ToArray())], sources);
        if (_label is not { } chosen)
            return sentences;
        sentences = sentences.WithClasses(Classes);
        int[] own = [.. Enumerable.Range(0, sentences.Count).Where(i => sentences.Classes![i] == chosen)];
        return own.Length > 0
            ? sentences.Subset(own)
            : throw new UserException($"'{data}' has no test sentence of the class '{Class}'; choose another class.");
    }

    /// <summary>Disposes of the model.</summary>
    public void Dispose() => ((nn.Module)Model).Dispose();

    /// <summary>The most tokens to write after a prompt of so many where no options are given: the longest training sentence's, as far as
    /// positions are learned.</summary>
    /// <exception cref="UserException">The prompt leaves no room.</exception>
    internal int Longest(int prompt)
    {
        var shape = Config switch
        {
            TransformerLmConfig language => language.Shape,
            TransformerVaeConfig vae => vae.Shape,
            _ => null,
        };
        if (shape is not { Positions: PositionKind.Learned })
            return LongestSentence;
        return prompt < shape.MaxPositions
            ? Math.Min(LongestSentence, shape.MaxPositions - prompt)
            : throw new UserException(
                $"The prompt has {prompt} tokens, and the model has learned {shape.MaxPositions} positions; give a shorter one.");
    }

    // A VAE without classes, or with one chosen.
    private TextVaeModel Chosen => Classes is { Count: > 0 } classes && _label is null
        ? throw new UserException(
            $"{Folder} has a VAE that is conditioned on classes; choose one with OfClass (--class on the command line): "
                + $"{string.Join(", ", classes)}.")
        : Vae;

    private EncodedSentences Encoded(IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        if (texts.Count == 0)
            throw new UserException("There is no sentence to encode; give at least one.");
        var encoded = EncodedSentences.From(Tokenizer, texts);
        return _label is { } chosen ? encoded.WithClass(chosen) : encoded;
    }

    // [texts, latent] to [texts, code].
    private Tensor Conditioned(TextVaeModel vae, Tensor z) => _label is { } chosen ? ((LstmVae)vae).ConditionOnClass(z, chosen) : z;

    private Prompt Start(int count, ulong seed)
    {
        if (count < 1)
            throw new UserException($"The number of texts is {count}; ask for at least one.");
        if (Model is LanguageModel language)
            return Prompt.From(language, count);
        using var _ = no_grad();
        return Prompt.From(Chosen, Conditioned(Chosen, PriorCodes(count, seed)));
    }

    private string[] Texts(Prompt start, GenerationOptions options, ulong seed) =>
        [.. start.Generate(options, seed)
            .Select((tokens, text) => options.Stop?.Text(tokens, start.Prefix(text).Length) ?? Tokenizer.Decode(tokens))];
}

/// <summary>q(z|x) of a sentence, its terms of the ELBO in nats, all per dimension of z unless said otherwise.</summary>
/// <param name="Tokens">Token ids of the sentence.</param>
/// <param name="Mean">μ.</param>
/// <param name="StandardDeviation">σ.</param>
/// <param name="Kl">KL(q(z|x) ‖ p(z)).</param>
/// <param name="Reconstruction">E_q(z|x)[−log p(x|z)] of the sentence, the mean over a few draws.</param>
public sealed record SentencePosterior(
    IReadOnlyList<int> Tokens,
    IReadOnlyList<double> Mean,
    IReadOnlyList<double> StandardDeviation,
    IReadOnlyList<double> Kl,
    double Reconstruction);
