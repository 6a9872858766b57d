using System.Diagnostics;
using System.Text.Json;
using Research.TextVae.Benchmarks.Tokenizers;

namespace Research.TextVae.Tests.Text;

/// <summary>Hugging Face's tokenizers as a real process of node: the reference of our BPE.</summary>
internal static class HuggingFace
{
    /// <summary>The ids of the texts with GPT-2's vocabulary, or that of a <c>tokenizer.json</c>.</summary>
    public static int[][] Ids(IEnumerable<string> texts, string? tokenizer = null) => Run(
        folder => TokenizerPeer.PrepareEncoding(folder, texts, tokenizer),
        folder => JsonSerializer.Deserialize<int[][]>(File.ReadAllBytes(Path.Combine(folder, "ids.json")))!);

    /// <summary>Trains with the defaults, 30,000 tokens, on lines of text, and returns the <c>tokenizer.json</c>.</summary>
    public static string Train(IEnumerable<string> lines) => Run(
        folder =>
        {
            var text = Path.Combine(folder, "text.txt");
            File.WriteAllLines(text, lines);
            TokenizerPeer.PrepareTraining(folder, text);
        },
        folder => File.ReadAllText(Path.Combine(folder, "trained.json")));

    private static T Run<T>(Action<string> prepare, Func<string, T> result)
    {
        var folder = Directory.CreateTempSubdirectory("textvae-peer-").FullName;
        try
        {
            prepare(folder);
            var start = new ProcessStartInfo(
                "node", [Path.Combine(AppContext.BaseDirectory, "peers", "tokenizers.js"), Path.Combine(folder, "workload.json"), folder])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var process = Process.Start(start)!;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            process.StandardInput.WriteLine("write");
            process.StandardInput.Close();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, errors.Result + output.Result);
            return result(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
