using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Research.TextVae.Support;
using static TorchSharp.torch;

namespace Research.TextVae.Training;

/// <summary>
/// Tensors and a record of state that belong together: <c>name.safetensors</c> and <c>name.json</c>, which holds the
/// SHA-256 of the tensors and of the state. Saving writes the tensors aside as <c>name.safetensors.new</c>, replaces the JSON, which is the
/// moment the new checkpoint counts, and then renames the tensors into place. Killed at any moment, the JSON still names
/// one of the two tensor files, whole; loading takes the one it names.
/// </summary>
public static class Checkpoint
{
    private const int Format = 2; // 1 had no checksum of the state

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        TypeInfoResolver = Support.Json.Types,
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private static readonly JsonSerializerOptions _hashed = new() { TypeInfoResolver = Support.Json.Types };

    /// <summary>Saves a checkpoint in place of the one of that name.</summary>
    /// <param name="folder">Folder, made if missing.</param>
    /// <param name="name">Name of the checkpoint, such as <c>last</c>.</param>
    /// <param name="tensors">What <see cref="TrainingState.Collect"/> gathers, or other tensors by name.</param>
    /// <param name="state">What else is needed to go on: step, schedules, data position; stored as JSON.</param>
    /// <exception cref="UserException">A file cannot be written; the previous checkpoint is usable.</exception>
    public static void Save<TState>(string folder, string name, IReadOnlyDictionary<string, Tensor> tensors, TState state) =>
        Save(folder, name, tensors, state, previous: null);

    /// <summary>Saves a checkpoint, and keeps the one it takes the place of under another name.</summary>
    internal static void Save<TState>(
        string folder, string name, IReadOnlyDictionary<string, Tensor> tensors, TState state, string? previous)
    {
        FinishInterrupted(folder, name, previous);
        if (!Exists(folder, name))
            previous = null;
        var hash = Safetensors.Write(NewTensorsPath(folder, name), tensors);
        var element = JsonSerializer.SerializeToElement(state, Json);
        var content = new Content(Format, hash, element, HashOf(element));
        if (previous is not null)
            AtomicFile.Write(JsonPath(folder, previous), stream => stream.Write(File.ReadAllBytes(JsonPath(folder, name))));
        AtomicFile.Write(JsonPath(folder, name), stream => JsonSerializer.Serialize(stream, content, Json));
        Place(folder, name, previous);
    }

    /// <summary>Whether there is a checkpoint of that name.</summary>
    public static bool Exists(string folder, string name) => File.Exists(JsonPath(folder, name));

    /// <summary>Loads a checkpoint; it changes nothing on the disk.</summary>
    /// <exception cref="UserException">There is none of that name, or its files are damaged.</exception>
    public static (Dictionary<string, Tensor> Tensors, TState State) Load<TState>(string folder, string name) =>
        Load<TState>(folder, name, name);

    /// <summary>Loads a checkpoint whose tensors may still have the name of the one that took its place.</summary>
    internal static (Dictionary<string, Tensor> Tensors, TState State) Load<TState>(string folder, string name, string successor)
    {
        var path = JsonPath(folder, name);
        if (!File.Exists(path))
            throw new UserException($"there is no checkpoint {path}; check the run's folder");
        // A writer may replace both files between two reads; the second attempt sees the new pair.
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var (content, state) = ReadJson<TState>(path);
            foreach (var candidate in new[] { TensorsPath(folder, name), NewTensorsPath(folder, name), TensorsPath(folder, successor) })
            {
                if (!File.Exists(candidate))
                    continue;
                using var stream = Safetensors.Open(candidate);
                if (HashOf(stream) != content.Sha256)
                    continue;
                stream.Position = 0;
                return (Safetensors.Read(candidate, stream), state);
            }
        }
        throw new UserException(
            $"{TensorsPath(folder, name)} is missing, damaged or not the one {path} was written with; restore it from a copy, or delete "
                + $"{folder} to train anew");
    }

    /// <summary>
    /// Lets a damaged checkpoint no longer count: its JSON becomes <c>name.damaged.json</c>. The tensors stay until the next save, since
    /// they may be those of the checkpoint before.
    /// </summary>
    internal static void SetAside(string folder, string name)
    {
        if (Exists(folder, name))
            File.Move(JsonPath(folder, name), JsonPath(folder, name + ".damaged"), overwrite: true);
    }

    /// <summary>A kill after the JSON was replaced left the tensors aside: put them in place before anything is overwritten.</summary>
    private static void FinishInterrupted(string folder, string name, string? previous)
    {
        var aside = NewTensorsPath(folder, name);
        if (!File.Exists(aside) || !Exists(folder, name))
            return;
        string hash;
        using (var stream = Safetensors.Open(aside))
            hash = HashOf(stream);
        if (hash == ReadJson<JsonElement>(JsonPath(folder, name)).Content.Sha256)
            Place(folder, name, previous);
    }

    private static void Place(string folder, string name, string? previous)
    {
        if (previous is not null && File.Exists(TensorsPath(folder, name)))
            File.Move(TensorsPath(folder, name), TensorsPath(folder, previous), overwrite: true);
        File.Move(NewTensorsPath(folder, name), TensorsPath(folder, name), overwrite: true);
    }

    private static (Content Content, TState State) ReadJson<TState>(string path)
    {
        try
        {
            using var stream = Safetensors.Open(path);
            var content = JsonSerializer.Deserialize<Content>(stream, Json) ?? throw new JsonException("it is empty");
            if (content.Format is < 1 or > Format)
                throw new JsonException($"it has the format {content.Format}, this version reads 1 to {Format}");
            if ((content.Format > 1 || content.StateSha256 is not null) && content.StateSha256 != HashOf(content.State))
                throw new JsonException("its state is not the one that was written");
            var state = content.State.ValueKind == JsonValueKind.Null ? default : content.State.Deserialize<TState>(Json);
            return (content, state ?? throw new JsonException("its state is null"));
        }
        catch (Exception error) when (Support.Json.IsMisread(error))
        {
            throw new UserException(
                $"{path} is not a checkpoint's JSON ({Excerpt.Of(error.Message)}); restore it from a copy, or delete "
                    + $"{Path.GetDirectoryName(path)} to train anew", error);
        }
    }

    private static string HashOf(Stream stream) => Convert.ToHexString(SHA256.HashData(stream)).ToLowerInvariant();

    private static string HashOf(JsonElement state) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(state, _hashed)))).ToLowerInvariant();

    private static string TensorsPath(string folder, string name) => Path.Combine(folder, name + ".safetensors");

    private static string NewTensorsPath(string folder, string name) => TensorsPath(folder, name) + ".new";

    private static string JsonPath(string folder, string name) => Path.Combine(folder, name + ".json");

    private sealed record Content(
        int Format, [property: JsonRequired] string Sha256, [property: JsonRequired] JsonElement State, string? StateSha256 = null);
}
