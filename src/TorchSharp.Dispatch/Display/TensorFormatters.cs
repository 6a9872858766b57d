namespace TorchSharp.Display;

/// <summary>A tensor as its type, shape and elements. Without this a notebook would list its properties, each a new tensor.</summary>
internal sealed class TensorFormatters
{
    public IEnumerable<object> CreateTypeFormatters() => [new PlainText()];

    private sealed class PlainText
    {
        public string MimeType { get; } = "text/plain";

        public bool Format(object value, TextWriter writer)
        {
            if (value is not torch.Tensor tensor)
                return false;
            writer.Write(tensor.ToString(withData: !tensor.IsInvalid));
            return true;
        }
    }
}
