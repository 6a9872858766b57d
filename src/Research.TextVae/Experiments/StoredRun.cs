using System.Text.Json.Serialization;
using Research.TextVae.Support;

namespace Research.TextVae.Experiments;

/// <summary>What a run's <c>config.json</c> says of how it was begun.</summary>
internal sealed record StoredRun(
    [property: JsonRequired] Preset Preset,
    [property: JsonRequired] ulong Seed,
    [property: JsonRequired] string Device,
    [property: JsonRequired] Dictionary<string, string> Parameters)
{
    /// <exception cref="UserException">There is none, or it is damaged.</exception>
    public static StoredRun Read(RunFolder folder)
    {
        var stored = folder.Read<StoredRun>(RunDescription.FileName) ?? throw new UserException(
            $"{folder.Path}: has no {RunDescription.FileName}, so there is nothing to continue; start a new run.");
        return stored is { Device: not null, Parameters: not null } && Enum.IsDefined(stored.Preset)
            && stored.Parameters.Values.All(value => value is not null)
            ? stored
            : throw new UserException(
                $"{Path.Combine(folder.Path, RunDescription.FileName)}: has no usable size, device or parameters; restore it, or start a "
                    + "new run.");
    }

    /// <summary>A continued run goes on with the size, seed, device and parameters it was begun with.</summary>
    /// <exception cref="UserException">Others are asked for.</exception>
    public RunOptions Continue(RunOptions options)
    {
        var begun = new Dictionary<string, string>
        {
            ["--seed"] = Seed.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["--device"] = Device,
            [Preset switch { Preset.Smoke => "--smoke", Preset.Full => "--full", _ => "the standard size" }] = "",
        };
        foreach (var (option, value) in options.Given)
        {
            var text = $"{option} {value}".TrimEnd();
            if (!begun.TryGetValue(option, out var before))
                throw new UserException(
                    $"{text}: the run to continue was begun with {begun.Keys.Last()}; leave it out, or start a new run.");
            if (before != value)
                throw new UserException($"{text}: the run to continue was begun with {option} {before}; leave it out, or start a new run.");
        }

        foreach (var (key, value) in options.Parameters)
        {
            if (Parameters.GetValueOrDefault(key) != value)
                throw new UserException(
                    $"-p {key}={Excerpt.Of(value)}: the run to continue was begun with "
                        + $"{Parameters.GetValueOrDefault(key, "nothing of that name")}; start a new run to change it.");
        }

        return options with { Parameters = Parameters, Preset = Preset, Seed = Seed, Device = Device };
    }
}
