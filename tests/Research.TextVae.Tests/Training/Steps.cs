using Research.TextVae.Training;

namespace Research.TextVae.Tests.Training;

/// <summary>Counts the steps of a training.</summary>
internal sealed class Steps : ITrainingObserver
{
    private int _count;

    /// <summary>Is told the number of each step.</summary>
    public Action<int> Each { get; init; } = _ => { };

    public void Stepped(TrainingProgress progress) => Each(++_count);

    public void Logged(TrainRecord record)
    {
    }

    public void Validated(EpochRecord record)
    {
    }
}
