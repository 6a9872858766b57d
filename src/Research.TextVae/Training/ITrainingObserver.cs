namespace Research.TextVae.Training;

/// <summary>Is told what happens while a model trains, to show or to store it.</summary>
public interface ITrainingObserver
{
    /// <summary>After every optimizer step.</summary>
    void Stepped(TrainingProgress progress);

    /// <summary>Each <see cref="TrainingOptions.LogEvery"/> steps.</summary>
    void Logged(TrainRecord record);

    /// <summary>After each epoch.</summary>
    void Validated(ValidationRecord record);
}
