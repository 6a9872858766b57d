using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Research.TextVae.Support;
using static TorchSharp.torch;

namespace Research.TextVae.Training;

/// <summary>
/// Tensors and a record of state that belong together: <c>name.safetensors</c> and <c>name.json</c>, which holds the
/// SHA-256 of the tensors. Saving writes the tensors aside as <c>name.safetensors.new</c>, replaces the JSON, which is the
/// moment the new checkpoint counts, and then renames the tensors into place. Killed at any moment, the JSON still names
/// one of the two tensor files, whole; loading takes the one it names.
/// </summary>
public static class Checkpoint
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Saves a checkpoint in place of the one of that name.</summary>
    /// <param name="folder">Folder, made if missing.</param>
    /// <param name="name">Name of the checkpoint, such as <c>last</c>.</param>
    /// <param name="tensors">What <see cref="TrainingState.Collect"/> gathers, or other tensors by name.</param>
    /// <param name="state">What else is needed to go on: step, schedules, data position; stored as JSON.</param>
    /// <exception cref="UserException">A file cannot be written; the previous checkpoint is usable.</exception>
    public static void Save<TState>(string folder, string name, IReadOnlyDictionary<string, Tensor> tensors, TState state)
    {
        FinishInterrupted(folder, name);
        var hash = Safetensors.Write(NewTensorsPath(folder, name), tensors);
        var content = new Content<TState>(1, hash, state);
        AtomicFile.Write(JsonPath(folder, name), stream => JsonSerializer.Serialize(stream, content, Json));
        File.Move(NewTensorsPath(folder, name), TensorsPath(folder, name), overwrite: true);
    }

    /// <summary>Whether there is a checkpoint of that name.</summary>
    public static bool Exists(string folder, string name) => File.Exists(JsonPath(folder, name));

    /// <summary>Loads a checkpoint; it changes nothing on the disk.</summary>
    /// <exception cref="UserException">There is none of that name, or its files are damaged.</exception>
    public static (Dictionary<string, Tensor> Tensors, TState State) Load<TState>(string folder, string name)
    {
        var path = JsonPath(folder, name);
        if (!File.Exists(path))
            throw new UserException($"there is no checkpoint {path}; check the run's folder");
        // A writer may replace both files between two reads; the second attempt sees the new pair.
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var content = ReadJson<TState>(path);
            foreach (var candidate in new[] { TensorsPath(folder, name), NewTensorsPath(folder, name) })
            {
                if (!File.Exists(candidate))
                    continue;
                using var stream = Safetensors.Open(candidate);
                if (HashOf(stream) != content.Sha256)
                    continue;
                stream.Position = 0;
                return (Safetensors.Read(candidate, stream), content.State);
            }
        }
        throw new UserException(
            $"{TensorsPath(folder, name)} is missing, damaged or not the one {path} was written with; restore it from a copy, or resume "
                + "from another checkpoint");
    }

    /// <summary>A kill after the JSON was replaced left the tensors aside: put them in place before anything is overwritten.</summary>
    private static void FinishInterrupted(string folder, string name)
    {
        var aside = NewTensorsPath(folder, name);
        if (!File.Exists(aside) || !Exists(folder, name))
            return;
        string hash;
        using (var stream = Safetensors.Open(aside))
            hash = HashOf(stream);
        if (hash == ReadJson<JsonElement>(JsonPath(folder, name)).Sha256)
            File.Move(aside, TensorsPath(folder, name), overwrite: true);
    }

    private static Content<TState> ReadJson<TState>(string path)
    {
        try
        {
            using var stream = Safetensors.Open(path);
            return JsonSerializer.Deserialize<Content<TState>>(stream, Json) ?? throw new JsonException("it is empty");
        }
        catch (JsonException error)
        {
            throw new UserException(
                $"{path} is not a checkpoint's JSON ({error.Message}); restore it from a copy, or resume from another checkpoint", error);
        }
    }

    private static string HashOf(Stream stream) => Convert.ToHexString(SHA256.HashData(stream)).ToLowerInvariant();

    private static string TensorsPath(string folder, string name) => Path.Combine(folder, name + ".safetensors");

    private static string NewTensorsPath(string folder, string name) => TensorsPath(folder, name) + ".new";

    private static string JsonPath(string folder, string name) => Path.Combine(folder, name + ".json");

    private sealed record Content<TState>(int Format, [property: JsonRequired] string Sha256, TState State);
}
