using System.Text.Json;
using System.Text.Json.Serialization;
using Research.TextVae.Models;
using Research.TextVae.Support;
using Research.TextVae.Text;
using Research.TextVae.Training;
using static TorchSharp.torch;

namespace Research.TextVae.Experiments;

/// <summary>A member's <c>model.json</c>: what it takes, beside the weights and <c>tokenizer.json</c>, to use a trained text
/// model.</summary>
/// <param name="Training">Name of the training, and of its folder below <c>checkpoints/</c>; empty for a member's only one.</param>
/// <param name="Weights">What the names of the model's weights begin with in the checkpoint.</param>
/// <param name="Vocabulary">Tokens in the vocabulary, the special ones included.</param>
/// <param name="Longest">Tokens of the longest training sentence, without <c>&lt;s&gt;</c> and <c>&lt;/s&gt;</c>.</param>
/// <param name="Data">Name of the corpus.</param>
/// <param name="Text">How it became training data.</param>
/// <param name="Model">What the model is built from.</param>
/// <param name="Classes">Names of the classes that the model is conditioned on; null where there are none.</param>
internal sealed record TrainedModel(
    [property: JsonRequired] string Training,
    [property: JsonRequired] string Weights,
    [property: JsonRequired] int Vocabulary,
    [property: JsonRequired] int Longest,
    [property: JsonRequired] string Data,
    [property: JsonRequired] TextOptions Text,
    [property: JsonRequired] ModelConfig Model,
    IReadOnlyList<string>? Classes = null)
{
    public const string FileName = "model.json";
    public const string TokenizerName = "tokenizer.json";

    /// <summary>
    /// Writes <c>model.json</c> and <c>tokenizer.json</c> for a training that begins. Of several trainings in one folder that without a
    /// name counts, or else the last one.
    /// </summary>
    /// <returns>Whether the task trains a text VAE or a language model whose configuration and tokenizer are known.</returns>
    public static bool Write(string folder, TrainingTask task, string training = "")
    {
        (IAutoregressiveModel? Model, string Weights) trained = task.Model switch
        {
            TextVaeModel vae => (vae, ""),
            LanguageModel language => (language, ""),
            ClassifiedVae classified => (classified.Vae, "vae."),
            _ => default,
        };
        if (trained.Model is not IConfigured { Config: var config }
            || task.Sentences is not { Count: > 0, Encoding: { } encoding } sentences || !IsKnown(config))
            return false;
        var path = Path.Combine(folder, FileName);
        if (training.Length > 0 && File.Exists(path) && Read(folder).Training.Length == 0)
            return true;
        encoding.Tokenizer.Save(Path.Combine(folder, TokenizerName));
        var file = new TrainedModel(training, trained.Weights, trained.Model.VocabularySize, sentences.Max(ids => ids.Length),
            encoding.Corpus, encoding.Options, config, sentences.ClassNames);
        AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, file, Json.Indented));
        return true;
    }

    /// <summary>Keeps the best weights of a training that has left no checkpoints.</summary>
    public static void WriteWeights(string folder, TrainingTask task, string training, TrainingPosition position)
    {
        using var scope = NewDisposeScope();
        Checkpoint.Save(Path.Combine(folder, "checkpoints", training), Trainer.Best, TrainingState.Collect(task.Model), position);
    }

    /// <summary>Whether a member's folder has a model.</summary>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, FileName));

    /// <exception cref="UserException">The file is missing or damaged.</exception>
    public static TrainedModel Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        var text = TextFile.Read(path);
        try
        {
            var file = StrictJson.ParseNode(text).Deserialize<TrainedModel>(Json.Indented);
            if (file is not { Training: not null, Weights: not null, Data: not null, Text: not null, Model: not null }
                || file.Classes?.Contains(null!) == true)
                throw new JsonException("a value is null");
            if (file.Training.Length > 0)
                FolderName.Require(file.Training, "training");
            return file;
        }
        catch (Exception error) when (Json.IsMisread(error) || error is UserException)
        {
            throw new UserException(
                $"{path} does not describe a model that is known here: {Excerpt.Of(error.Message, 150).TrimEnd('.')}; run the "
                    + "recipe again.", error);
        }
    }

    /// <summary>Builds the model, with the best weights of its training; LibTorch's default generator is left as it was.</summary>
    /// <returns>The model, dropout off.</returns>
    /// <exception cref="UserException">There are no weights yet, or they are damaged.</exception>
    public IAutoregressiveModel Build(string folder)
    {
        var checkpoints = Path.Combine(folder, "checkpoints", Training);
        if (!Checkpoint.Exists(checkpoints, Trainer.Best))
            throw new UserException(
                $"{folder} has no trained weights yet: its first epoch has not ended. Let the run go on, with --resume if it was stopped.");
        using var scope = NewDisposeScope();
        using var generator = get_rng_state();
        var model = Model.Build(Vocabulary);
        set_rng_state(generator);
        var (tensors, _) = Checkpoint.Load<JsonElement>(checkpoints, Trainer.Best);
        var own = tensors.Where(entry => entry.Key.StartsWith("model." + Weights, StringComparison.Ordinal))
            .ToDictionary(entry => "model." + entry.Key[("model." + Weights).Length..], entry => entry.Value);
        TrainingState.Restore(Path.Combine(checkpoints, Trainer.Best), own, model);
        model.eval();
        return (IAutoregressiveModel)model;
    }

    // A family of the user's own has no name in JSON.
    private static bool IsKnown(ModelConfig config) =>
        typeof(ModelConfig).GetCustomAttributes(typeof(JsonDerivedTypeAttribute), inherit: false)
            .Any(attribute => ((JsonDerivedTypeAttribute)attribute).DerivedType == config.GetType());
}
