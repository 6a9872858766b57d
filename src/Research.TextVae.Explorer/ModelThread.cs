using System.Collections.Concurrent;
using static TorchSharp.torch;

namespace Research.TextVae.Explorer;

/// <summary>
/// The one thread that asks the model: LibTorch keeps a pool of workers for each thread that computes, and two of them would take each
/// other's processors. Questions come first; between them it goes on with work that can wait.
/// </summary>
internal sealed class ModelThread : IDisposable
{
    private readonly BlockingCollection<Action> _questions = [];
    private readonly Thread _thread;
    private Func<bool>? _patient;

    public ModelThread()
    {
        _thread = new Thread(Work) { IsBackground = true, Name = "model" };
        _thread.Start();
    }

    /// <summary>Asks without gradients; the tensors of the question are freed after it.</summary>
    public Task<T> Ask<T>(Func<T> question)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _questions.Add(() =>
        {
            try
            {
                using var scope = NewDisposeScope();
                using var _ = no_grad();
                answer.SetResult(question());
            }
#pragma warning disable CA1031 // Whoever asks gets the exception.
            catch (Exception error)
#pragma warning restore CA1031
            {
                answer.SetException(error);
            }
        });
        return answer.Task;
    }

    /// <summary>Takes a step whenever nothing is asked, until a step says that it was the last. To be called in a question.</summary>
    public void GoOnWith(Func<bool> step) => _patient = step;

    /// <summary>Ends the thread after the question it is at.</summary>
    public void Dispose()
    {
        _questions.CompleteAdding();
        _thread.Join();
        _questions.Dispose();
    }

    private void Work()
    {
        while (!_questions.IsCompleted)
        {
            if (_questions.TryTake(out var question, _patient is null ? Timeout.Infinite : 0))
                question();
            else if (_patient is { } step && !step())
                _patient = null;
        }
    }
}
