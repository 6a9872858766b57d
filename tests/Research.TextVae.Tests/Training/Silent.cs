using Research.TextVae.Training;

namespace Research.TextVae.Tests.Training;

/// <summary>Hears of a training and keeps nothing.</summary>
internal sealed class Silent : ITrainingObserver
{
    public void Stepped(TrainingProgress progress)
    {
    }

    public void Logged(TrainRecord record)
    {
    }

    public void Validated(EpochRecord record)
    {
    }
}
