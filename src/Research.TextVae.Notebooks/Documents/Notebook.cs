using System.Text.Json;
using System.Text.Json.Nodes;
using Research.TextVae.Support;

namespace Research.TextVae.Notebooks.Documents;

/// <summary>
/// A notebook of nbformat 4, kept as the JSON it was read from: what this program does not know is preserved, with the order of keys.
/// </summary>
public sealed class Notebook
{
    private const int Format = 4;

    private readonly JsonObject _root;

    private Notebook(JsonObject root) => _root = root;

    /// <summary>The cells in their order, as views of the notebook's JSON.</summary>
    public IReadOnlyList<NotebookCell> Cells => [.. ((JsonArray)_root["cells"]!).Select(cell => new NotebookCell((JsonObject)cell!))];

    /// <summary>The <c>metadata</c> of the notebook, such as kernel and language.</summary>
    public JsonObject Metadata => (JsonObject)_root["metadata"]!;

    /// <summary>From 4.5 on every cell has an id.</summary>
    private bool HasIds => _root["nbformat_minor"]!.GetValue<int>() >= 5;

    /// <exception cref="UserException">The file is missing or not a notebook of nbformat 4.</exception>
    public static Notebook Load(string path)
    {
        if (!File.Exists(path))
            throw new UserException(Directory.Exists(path)
                ? $"'{path}' is a folder; name the notebooks in it: {path.TrimEnd('/')}/*.ipynb"
                : $"there is no notebook '{path}' in {Environment.CurrentDirectory}.");
        return Parse(TextFile.Read(path), path);
    }

    /// <summary>A notebook from its text.</summary>
    /// <param name="path">What to call it in messages.</param>
    public static Notebook Parse(string text, string path)
    {
        JsonNode? node;
        try
        {
            node = StrictJson.ParseNode(text);
        }
        catch (JsonException exception)
        {
            throw new UserException(
                $"{path}({exception.LineNumber + 1}): not a notebook, its JSON is broken here: "
                    + $"{Excerpt.Of(FirstSentence(exception.Message), 120)}. Restore the file from version control.", exception);
        }

        if (node is not JsonObject root || root["nbformat"] is not JsonValue format || !format.TryGetValue<int>(out var major))
            throw new UserException($"{path}: not a notebook, it does not say which nbformat it has.");
        if (major != Format)
            throw new UserException(
                $"{path}: nbformat {major}; only nbformat {Format} is read. Convert it with: jupyter nbconvert --to notebook --nbformat 4 "
                    + $"{path}");
        if (root["nbformat_minor"] is not JsonValue minor || !minor.TryGetValue<int>(out _))
            throw new UserException($"{path}: not a notebook, it does not say which nbformat_minor it has.");
        if (root["cells"] is not JsonArray cells)
            throw new UserException($"{path}: not a notebook, it has no list of cells.");
        if (root["metadata"] is not JsonObject)
            throw new UserException($"{path}: not a notebook, it has no metadata.");
        for (var i = 0; i < cells.Count; i++)
        {
            if (NotebookCell.Mistake(cells[i]) is { } mistake)
                throw new UserException($"{path}: cell {i + 1} is not a notebook cell, {mistake}.");
        }

        var notebook = new Notebook(root);
        return notebook.Language is "C#" or "csharp" or null
            ? notebook
            : throw new UserException($"{path}: a notebook in {Excerpt.Of(notebook.Language)}; only C# notebooks are run here.");
    }

    /// <summary>Replaces the file as a whole.</summary>
    /// <exception cref="UserException">It cannot be written; what was there before is intact.</exception>
    public void Save(string path) => AtomicFile.Write(path, ToString());

    /// <summary>The notebook in the JSON layout that Jupyter stores.</summary>
    public override string ToString() => NotebookJson.Write(_root);

    /// <summary>A copy that shares nothing with this notebook.</summary>
    public Notebook Clone() => new((JsonObject)_root.DeepClone());

    /// <summary>Puts a new code cell at an index among all cells.</summary>
    public NotebookCell InsertCode(int index, string source, params IEnumerable<string> tags)
    {
        var json = new JsonObject { ["cell_type"] = "code", ["execution_count"] = null };
        if (HasIds)
            json["id"] = NewId();
        json["metadata"] = new JsonObject
        {
            ["dotnet_interactive"] = new JsonObject { ["language"] = "csharp" },
            ["polyglot_notebook"] = new JsonObject { ["kernelName"] = "csharp" },
            ["tags"] = new JsonArray([.. tags.Select(tag => JsonValue.Create(tag))]),
        };
        json["outputs"] = new JsonArray();
        json["source"] = NotebookCell.Lines(source);
        ((JsonArray)_root["cells"]!).Insert(index, json);
        return new NotebookCell(json);
    }

    /// <summary>Removes a cell of this notebook.</summary>
    public void Remove(NotebookCell cell) => ((JsonArray)_root["cells"]!).Remove(cell.Json);

    private string? Language =>
        (_root["metadata"]!["kernelspec"] as JsonObject)?["language"] is JsonValue value && value.TryGetValue<string>(out var language)
            ? language
            : null;

    // The first that no cell has: the same notebook with the same parameters is the same file.
    private string NewId()
    {
        var taken = Cells.Select(cell => cell.Json["id"]?.ToString()).ToHashSet();
        return Enumerable.Range(1, int.MaxValue)
            .Select(n => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"injected-{n}"))
            .First(id => !taken.Contains(id));
    }

    private static string FirstSentence(string message) => message.Split(". ")[0].Split(" LineNumber:")[0].TrimEnd('.');
}
