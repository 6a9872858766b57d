using System.IO.Compression;
using System.Reflection.Metadata;
using System.Text;
using System.Xml.Linq;
using Research.TextVae.Cli.Tests.Notebooks;
using Research.TextVae.Kernels;

namespace Research.TextVae.Cli.Tests.Packaging;

/// <summary>The NuGet package and the tool, as somebody meets them who has no checkout.</summary>
public sealed class PackageTests(PackageFixture packages) : IClassFixture<PackageFixture>
{
    private const string Text = """
        File.WriteAllLines("my.txt", Enumerable.Range(0, 400).Select(i => $"the cat number {i} sees a dog {i % 5} ."));

        """;

    // What a program says of its kernels: those of this process, whose environment it has.
    private static readonly string Kernels = KernelLibrary.Missing ?? "x86-64-v";

    [Fact]
    public void TheLibrarysPackageHasWhatItNeeds()
    {
        using var package = ZipFile.OpenRead(packages.File("Research.TextVae"));
        var names = package.Entries.Select(entry => entry.FullName).ToHashSet();
        Assert.Superset(
            new HashSet<string>
            {
                "README.md", "LICENSE", "THIRD-PARTY-NOTICES.txt", "lib/net8.0/Research.TextVae.dll", "lib/net8.0/Research.TextVae.xml",
                "runtimes/linux-x64/native/libLibTorchSharp.so", "runtimes/linux-x64/native/libtextvae_kernels-v3.so",
                "runtimes/win-x64/native/LibTorchSharp.dll", "runtimes/win-arm64/native/LibTorchSharp.dll",
                "runtimes/osx-arm64/native/libLibTorchSharp.dylib",
            },
            names);

        Assert.Equal("MIT", Element(package, "license").Value);
        Assert.Equal("README.md", Element(package, "readme").Value);
        Assert.Equal("git", Element(package, "repository").Attribute("type")?.Value);
        if (Path.Exists(Path.Combine(Workplace.Checkout, ".git")))
            Assert.Matches("^[0-9a-f]{40}$", Element(package, "repository").Attribute("commit")?.Value);
        var dependencies = Element(package, "dependencies").Descendants().Where(element => element.Name.LocalName == "dependency")
            .ToDictionary(
                element => element.Attribute("id")!.Value,
                element => $"{element.Attribute("version")} without {element.Attribute("exclude")}");
        Assert.Matches(@"^version=""\[0\.\d+\.\d+\]"" without .*Native", dependencies["TorchSharp"]);
        Assert.Matches(@"^version=""\[2\.\d+\.\d+\]"" without (?!.*Native)", dependencies["libtorch-cpu-linux-x64"]);

        // What the library refers to whoever uses the package must get.
        var project = XDocument.Load(Path.Combine(Workplace.Checkout, "src", "Research.TextVae", "Research.TextVae.csproj"));
        var references = project.Descendants("PackageReference").Select(reference => reference.Attribute("Include")!.Value);
        Assert.Subset(dependencies.Keys.ToHashSet(), references.ToHashSet());

        using var symbols = ZipFile.OpenRead(packages.File("Research.TextVae", "snupkg"));
        Assert.Contains("lib/net8.0/Research.TextVae.pdb", symbols.Entries.Select(entry => entry.FullName));
    }

    [Fact]
    public void TheToolsPackageLeavesLibTorchOut()
    {
        using var package = ZipFile.OpenRead(packages.File("Research.TextVae.Cli"));
        var names = package.Entries.Select(entry => Path.GetFileName(entry.FullName)).ToHashSet();

        Assert.Equal("DotnetTool", Element(package, "packageType").Attribute("name")?.Value);
        Assert.Superset(
            new HashSet<string>
            {
                "README.md", "LICENSE", "THIRD-PARTY-NOTICES.txt", "textvae.dll", "Research.TextVae.Notebooks.dll",
                "libLibTorchSharp.so", "libtextvae_kernels-v3.so",
            },
            names);
        Assert.DoesNotContain(names, name => name.StartsWith("libtorch", StringComparison.Ordinal));
        Assert.InRange(new FileInfo(packages.File("Research.TextVae.Cli")).Length, 1_000_000, 20_000_000);
    }

    [Theory]
    [InlineData("Research.TextVae")]
    [InlineData("Research.TextVae.Cli")]
    public void NothingNamesTheMachineThatBuiltIt(string name)
    {
        // A Debug build keeps its paths, for debuggers.
        if (PackageFixture.Configuration != "Release")
            return;
        using var package = ZipFile.OpenRead(packages.File(name));
        string[] machine = [Workplace.Checkout, PackageFixture.Restored.TrimEnd('/')];
        // What comes from elsewhere names the machines it was built on.
        var own = package.Entries.Where(entry => entry.Name.Contains("textvae", StringComparison.OrdinalIgnoreCase)).ToList();
        Assert.InRange(own.Count, 4, 20);
        foreach (var entry in own)
        {
            var content = Content(entry);
            foreach (var word in machine)
                foreach (var encoding in new[] { Encoding.UTF8, Encoding.Unicode })
                    Assert.True(content.AsSpan().IndexOf(encoding.GetBytes(word)) < 0, $"{entry.FullName} has {word}");
            // Symbols keep paths in pieces.
            if (entry.FullName.EndsWith(".pdb", StringComparison.Ordinal))
            {
                using var provider = MetadataReaderProvider.FromPortablePdbStream(new MemoryStream(content));
                var reader = provider.GetMetadataReader();
                foreach (var document in reader.Documents)
                    Assert.StartsWith("/_/", reader.GetString(reader.GetDocument(document).Name), StringComparison.Ordinal);
            }
        }
    }

    /// <summary>The package's readme in an empty console program whose first act is TorchSharp's, not the library's.</summary>
    [Fact]
    public void AConsoleProgramTrains()
    {
        WriteProgram("console");
        var readme = File.ReadAllText(Path.Combine(Workplace.Checkout, "src", "Research.TextVae.Package", "README.md"))
            .Split("```csharp\n")[1].Split("```")[0].Replace("Epochs = 5", "Epochs = 1", StringComparison.Ordinal)
            .Split('\n').ToLookup(line => line.StartsWith("using ", StringComparison.Ordinal));
        packages.Write("console/Program.cs", $$"""
            {{string.Join('\n', readme[true])}}
            using Research.TextVae.Kernels;

            Console.WriteLine(TorchSharp.torch.zeros(1).ToString());
            Train();

            static void Train()
            {
                {{Text}}
                {{string.Join('\n', readme[false])}}
                Console.WriteLine(history.Best.Objective);
                Console.WriteLine(KernelLibrary.Level ?? KernelLibrary.Missing);
            }
            """);
        packages.Run("dotnet", "console", "build", "-c", "Release", "-v", "quiet", "-nologo");

        var output = packages.Run("dotnet", "console", $"bin/Release/net{Environment.Version.Major}.0/console.dll");
        var lines = output.TrimEnd('\n').Split('\n');

        Assert.Equal(4, lines.Length);
        Assert.Equal("[1], type = Float32, device = cpu", lines[0]);
        Assert.Matches(@"^KL -?\d+\.\d\d nats; a sample: ", lines[1]);
        Assert.InRange(double.Parse(lines[2], System.Globalization.CultureInfo.InvariantCulture), 1, 1000);
        Assert.StartsWith(Kernels, lines[3], StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(packages.PathOf("console/bin"), "libLibTorchSharp.so", SearchOption.AllDirectories));
    }

    /// <summary>The model of the guide for contributors, copied into a new project over the package, trains.</summary>
    [Fact]
    public void AModelOfOnesOwnTrains()
    {
        WriteProgram("model");
        var guide = File.ReadAllText(Path.Combine(Workplace.Checkout, "CONTRIBUTING.md")).Split("## Adding a model")[1];
        var model = guide.Split("```csharp\n")[1].Split("```")[0];
        Assert.InRange(model.Count(character => character == '\n'), 50, 150);
        packages.Write("model/FeedForwardLm.cs", model);
        packages.Write("model/Program.cs", $$"""
            using Research.TextVae.Evaluation;
            using Research.TextVae.Models;
            using Research.TextVae.Text;
            using Research.TextVae.Training;

            {{Text}}
            var data = TextData.Load("my.txt", new TextOptions { MaxTokens = 12 });
            var config = new FeedForwardLmConfig { EmbeddingSize = 16, HiddenSize = 16 };
            var (model, history) = Trainer.Fit(config, data, new TrainingOptions { Epochs = 2, LearningRate = 1e-2 }, seed: 1);
            Console.WriteLine(history.Epochs[0].Metrics.Perplexity);
            Console.WriteLine(Likelihood.Evaluate(model, data.Test).Perplexity);
            """);
        packages.Run("dotnet", "model", "build", "-c", "Release", "-v", "quiet", "-nologo");

        var lines = packages.Run("dotnet", "model", $"bin/Release/net{Environment.Version.Major}.0/model.dll").TrimEnd('\n').Split('\n');

        var (first, last) = (Number(lines[0]), Number(lines[1]));
        Assert.True(last is > 1 and < 60 && last < first, $"perplexity {first} after an epoch, {last} at the end");

        static double Number(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>The example of a program in one file, for which .NET turns reflection in JSON off, over the packages alone.</summary>
    [Fact]
    public void AProgramInOneFileTrainsAndIsOpenedAgain()
    {
        const string Project = "#:project ../src/Research.TextVae.Datasets\n";
        var example = File.ReadAllText(Path.Combine(Workplace.Checkout, "recipes", "vae-quickstart.cs"));
        Assert.Contains(Project, example, StringComparison.Ordinal);
        packages.Write("file/app.cs", example.Replace(Project, """
            #:package Research.TextVae.Datasets@*
            #:property NuGetAudit=false
            #:property CreateSymbolicLinksForCopyLocalIfPossible=true

            """, StringComparison.Ordinal));
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");

        var output = packages.Run("dotnet", "file", "run", "-e", $"XDG_CACHE_HOME={cache}", "app.cs", "--", "--smoke");

        Assert.Contains("\nreport: runs/vae-quickstart/", output, StringComparison.Ordinal);
        Assert.All(output.TrimEnd('\n').Split('\n')[^5..], sentence => Assert.Matches(@"^\S+( \S+)*$", sentence));
        var run = Assert.Single(Directory.GetDirectories(packages.PathOf("file/runs/vae-quickstart")));
        Assert.Equal(2, Directory.GetFiles(run, "model.json", SearchOption.AllDirectories).Length);
    }

    /// <summary>A recipe and a notebook in a folder that has nothing else.</summary>
    [Fact]
    public void TheToolRunsRecipesAndNotebooksAnywhere()
    {
        packages.Dotnet("tool", "install", "Research.TextVae.Cli", "--tool-path", "tools", "--configfile", "nuget.config");
        packages.Write("empty/my.csx", $$"""
            #load "prelude.csx"
            using Research.TextVae.Experiments;
            using Research.TextVae.Models;
            using Research.TextVae.Objectives;
            using Research.TextVae.Text;
            using Research.TextVae.Training;

            {{Text}}
            return Recipe.Run(Args, "my", "Mine", recipe =>
            {
                var data = recipe.Data("my.txt", new TextOptions { MaxTokens = 12, MaxTrainSentences = 8, Seed = recipe.Seed });
                return recipe.Sweep("β", [1], beta => new Trial
                {
                    Data = data,
                    Model = new LstmVaeConfig { EmbeddingSize = 8, HiddenSize = 8, LatentSize = 2 },
                    Objective = new ElboObjective { KlWeight = new ConstantKl(beta) },
                    Training = new TrainingOptions { Epochs = 1, BatchSize = 8 },
                });
            });
            """);
        string[] cells = ["#r \"nuget: Research.TextVae\"", "TorchSharp.torch.ones(3).sum().item<float>()"];
        packages.Write("empty/my.ipynb", Notebooks.NotebookText.Of(cells));
        var tool = packages.PathOf("tools/textvae");

        // LibTorch is not among the packages of this folder; NuGet knows of the others.
        var recipe = packages.Run(tool, "empty", "run", "--smoke", "my.csx");
        packages.Run(tool, "empty", "notebook", "run", "my.ipynb");

        Assert.Contains("\nreport: runs/my/", recipe, StringComparison.Ordinal);
        Assert.Contains("\"3\"", File.ReadAllText(packages.PathOf("empty/my.ipynb")), StringComparison.Ordinal);
        var left = Directory.GetFileSystemEntries(packages.PathOf("empty")).Select(Path.GetFileName).Order(StringComparer.Ordinal);
        Assert.Equal(["my.csx", "my.ipynb", "my.txt", "runs"], left);
        Assert.Contains(Kernels, packages.Run(tool, "empty", "doctor"), StringComparison.Ordinal);
    }

    private static XElement Element(ZipArchive package, string name)
    {
        using var nuspec = package.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        return XDocument.Load(nuspec).Descendants().First(element => element.Name.LocalName == name);
    }

    private static byte[] Content(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }

    // A console program that has nothing but the package.
    private void WriteProgram(string name) => packages.Write($"{name}/{name}.csproj", $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net{Environment.Version.Major}.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
            <Nullable>enable</Nullable>
            <NuGetAudit>false</NuGetAudit>
            <!-- The tests need no copy of LibTorch. -->
            <CreateSymbolicLinksForCopyLocalIfPossible>true</CreateSymbolicLinksForCopyLocalIfPossible>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="Research.TextVae" Version="*" />
          </ItemGroup>
        </Project>
        """);
}
