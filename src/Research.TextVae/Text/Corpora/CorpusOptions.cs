using System.Text.Json.Serialization;

namespace Research.TextVae.Text;

/// <summary>How a corpus is found and read.</summary>
public sealed record CorpusOptions
{
    public static CorpusOptions Default { get; } = new();

    /// <summary>Layout of the user's own file; data sets of the catalogue know theirs.</summary>
    public TextLayout Layout { get; init; }

    /// <summary>Folder of the cache; null for <c>$XDG_CACHE_HOME/research-textvae</c> or <c>~/.cache/research-textvae</c>.</summary>
    [JsonIgnore]
    public string? CacheFolder { get; init; }

    /// <summary>Receives a line when something slow or unusual happens: a download, a damaged cache.</summary>
    [JsonIgnore]
    public Action<string>? Notice { get; init; }
}
