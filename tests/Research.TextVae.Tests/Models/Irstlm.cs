using System.Diagnostics;
using System.Globalization;

namespace Research.TextVae.Tests.Models;

/// <summary>The IRST Language Modeling Toolkit as a real process: trains an "improved Kneser–Ney" model and scores sentences.</summary>
internal static class Irstlm
{
    private const string Program = "/usr/lib/irstlm/bin/tlm";

    /// <summary>p of each token of the scored sentences, <c>&lt;/s&gt;</c> included, to six digits, and their perplexity.</summary>
    public static (double[] Probabilities, double Perplexity) Score(IEnumerable<int[]> train, IEnumerable<int[]> scored, int order)
    {
        if (!File.Exists(Program))
            throw new InvalidOperationException($"{Program} is missing: apt-get install irstlm");
        var folder = Directory.CreateTempSubdirectory("textvae-irstlm-");
        try
        {
            Write("train.txt", train);
            Write("scored.txt", scored);
            var output = Run(folder.FullName,
                ["-tr=train.txt", $"-n={order}", "-lm=ikn", "-bo=no", "-ps=no", "-te=scored.txt", "-op=probabilities.txt"]);
            // A line is "tokens of the n-gram[n-gram] p log₁₀p".
            var probabilities = File.ReadLines(Path.Combine(folder.FullName, "probabilities.txt"))
                .Select(line => line.Split(' '))
                .Select(fields => double.Parse(fields[^2], CultureInfo.InvariantCulture));
            var perplexity = output.Split(' ').First(field => field.StartsWith("PP=", StringComparison.Ordinal))[3..];
            return ([.. probabilities], double.Parse(perplexity, CultureInfo.InvariantCulture));
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        void Write(string name, IEnumerable<int[]> sentences) =>
            File.WriteAllLines(Path.Combine(folder.FullName, name), sentences.Select(sentence => $"<s> {string.Join(' ', sentence)} </s>"));
    }

    private static string Run(string folder, string[] arguments)
    {
        var start = new ProcessStartInfo(Program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"tlm ended with {process.ExitCode}: {errors.Result}");
    }
}
