using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Formatting;
using TorchSharp;

namespace Research.TextVae.Interactive;

/// <summary>
/// The extension that .NET Interactive loads with this package: TorchSharp's tensors are shown as numbers. The library's own types
/// declare how they are shown, and need no extension.
/// </summary>
public sealed class TextVaeExtension : IKernelExtension
{
    /// <summary>Registers the formatters in this process; after a reference by path, which loads no extension by itself.</summary>
    public static void Load()
    {
        Formatter.Register<torch.Tensor>((tensor, writer) => writer.Write(tensor.npstr()), PlainTextFormatter.MimeType);
        Formatter.SetPreferredMimeTypesFor(typeof(torch.Tensor), PlainTextFormatter.MimeType);
    }

    /// <inheritdoc/>
    public Task OnLoadAsync(Kernel kernel)
    {
        Load();
        return Task.CompletedTask;
    }
}
