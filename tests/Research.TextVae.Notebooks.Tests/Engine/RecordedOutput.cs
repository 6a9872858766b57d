using System.Text;
using Research.TextVae.Notebooks.Engine;

namespace Research.TextVae.Notebooks.Tests.Engine;

/// <summary>What cells produced, as one readable text: streams as they are, values as <c>[kind mime: content]</c>.</summary>
internal sealed class RecordedOutput : ICellOutput
{
    private readonly StringBuilder _text = new();
    private readonly List<string> _ids = [];

    public bool IsWatched { get; init; }

    public void Stream(string name, string text) => Append(name == "stdout" ? text : $"[{name}: {text}]");

    public void Display(MimeBundle bundle, string displayId)
    {
        _ids.Add(displayId);
        Append($"[display {Format(bundle)}]");
    }

    public void UpdateDisplay(MimeBundle bundle, string displayId) => Append($"[update {_ids.IndexOf(displayId)} {Format(bundle)}]");

    public void Result(MimeBundle bundle) => Append($"[value {Format(bundle)}]");

    public string Take()
    {
        lock (_text)
        {
            var text = _text.ToString();
            _text.Clear();
            return text;
        }
    }

    private static string Format(MimeBundle bundle) => string.Join("; ", bundle.Data.Select(entry => $"{entry.Key}: {entry.Value}"));

    private void Append(string text)
    {
        lock (_text)
            _text.Append(text);
    }
}
