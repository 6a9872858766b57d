using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Research.TextVae.Notebooks.Engine;

/// <summary>
/// The one thread on which all cells run, and to which they return after <c>await</c>: LibTorch's gradient mode and the dispose scopes
/// belong to a thread and must outlive a cell.
/// </summary>
internal sealed class CellThread : SynchronizationContext, IDisposable
{
    private const int StackSize = 16 << 20;

    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;
    private readonly Lock _gate = new();
    private bool _isRunning;

    private static int _keeps;

    public CellThread()
    {
        _thread = new Thread(Loop, StackSize) { IsBackground = true, Name = "cells" };
        _thread.UnsafeStart(); // of no cell, and not of the host either
    }

    /// <summary>From now on an exception that nobody catches on a thread of a cell's own is the cell's, and does not end the
    /// process.</summary>
    public static void KeepFailures()
    {
        if (Interlocked.Exchange(ref _keeps, 1) != 0)
            return;
        ExceptionHandling.SetUnhandledExceptionHandler(CellContext.Take);
    }

    /// <summary>Runs on the cell thread and waits for the end.</summary>
    public void Run(Action action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                action();
                done.SetResult();
            }
#pragma warning disable CA1031 // Handed to the caller.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                done.SetException(exception);
            }
        });
        done.Task.GetAwaiter().GetResult();
    }

    /// <summary>
    /// On the cell thread: starts a task and serves what it posts until it ends or is given up. For what else may hold the thread
    /// there is <see cref="WakeUp"/>, and the token that the code itself watches.
    /// </summary>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public T Await<T>(Func<Task<T>> start, CancellationToken giveUp)
    {
        _isRunning = true;
        try
        {
            var task = start();
            task.ContinueWith(_ => Post(_ => { }, null), TaskScheduler.Default);
            while (!task.IsCompleted)
                _work.Take(giveUp)();
            return task.GetAwaiter().GetResult();
        }
        finally
        {
            FallAsleep();
        }
    }

    /// <summary>Ends a wait of the cell.</summary>
    public void WakeUp()
    {
        lock (_gate)
        {
            if (_isRunning)
                _thread.Interrupt();
        }
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (!_work.IsAddingCompleted)
            _work.Add(() => d(state));
    }

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (Thread.CurrentThread == _thread)
            d(state);
        else
            Run(() => d(state));
    }

    public void Dispose() => _work.CompleteAdding();

    private void FallAsleep()
    {
        lock (_gate)
            _isRunning = false;
        try
        {
            Thread.Sleep(1); // takes an interrupt that came too late
        }
        catch (ThreadInterruptedException)
        {
        }
    }

    private void Loop()
    {
        SetSynchronizationContext(this);
        foreach (var action in _work.GetConsumingEnumerable())
        {
            try
            {
                action();
            }
#pragma warning disable CA1031 // What an ended cell left behind fails by itself; the thread goes on.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                CellContext.Take(exception);
            }
        }
    }
}
