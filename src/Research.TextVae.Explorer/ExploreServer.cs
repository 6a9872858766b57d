using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Research.TextVae.Experiments;
using Research.TextVae.Models;
using Research.TextVae.Text;

namespace Research.TextVae.Explorer;

/// <summary>Serves the page that explores a trained model.</summary>
internal sealed class ExploreServer : IAsyncDisposable
{
    private readonly ModelThread _thread;
    private readonly LatentQuestions? _latent;
    private readonly LocalServer _server;

    private ExploreServer(ModelThread thread, LatentQuestions? latent, LocalServer server) =>
        (_thread, _latent, _server) = (thread, latent, server);

    /// <summary>Where the page is.</summary>
    public Uri Address => _server.Address;

    /// <summary>Encodes the sentences and starts the server.</summary>
    /// <param name="run">What was trained; it is not disposed of.</param>
    /// <param name="sentences">The sentences of the map; not used for a language model.</param>
    /// <param name="port">Where it listens; 0 for any free port.</param>
    public static async Task<ExploreServer> Start(TrainedRun run, EncodedSentences? sentences, int port = 0)
    {
        var thread = new ModelThread();
        try
        {
            var latent = run.Model is TextVaeModel
                ? await thread.Ask(() => new LatentQuestions(run, LatentMap.Of(run, sentences!)))
                : null;
            var questions = latent ?? new Questions(run);
            // The first of each question would wait for the compiler.
            await thread.Ask(questions.Rehearse);
            return new ExploreServer(thread, latent, await LocalServer.Start(port, Describe));

            void Describe(IEndpointRouteBuilder page)
            {
                page.MapAssets("explore.html");
                page.MapGet("/run", () => thread.Ask(questions.Describe));
                page.MapPost("/sample", (SampleQuestion question) => thread.Ask(() => questions.Sample(question)));
                page.MapPost("/attention", (TextQuestion question) => thread.Ask(() => questions.Attention(question)));
                if (latent is null)
                {
                    page.MapPost("/next", (TextQuestion question) => thread.Ask(() => questions.Next(question)));
                    return;
                }

                page.MapGet("/sentences", () => thread.Ask(latent.Sentences));
                page.MapGet("/embedding", () => thread.Ask(() => latent.Embedding(thread)));
                page.MapGet("/sentences/{index:int}", (int index) => thread.Ask(() => latent.Reconstruct(index)));
                page.MapPost("/sentence", (TextQuestion question) => thread.Ask(() => latent.Sentence(question)));
                page.MapPost("/path", (PathQuestion question) => thread.Ask(() => latent.Path(question)));
                page.MapPost("/decode", (CodeQuestion question) => thread.Ask(() => latent.Decode(question)));
                page.MapPost("/attribute", (AttributeQuestion question) => thread.Ask(() => latent.Attribute(question)));
            }
        }
        catch
        {
            thread.Dispose();
            throw;
        }
    }

    /// <summary>Ends the server.</summary>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _thread.Dispose();
        _latent?.Dispose();
    }
}
