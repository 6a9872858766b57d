using Research.TextVae.Models;
using Research.TextVae.Objectives;
using Research.TextVae.Text;
using Research.TextVae.Training;

namespace Research.TextVae.Experiments;

/// <summary>A <see cref="Trial"/> with its text by name.</summary>
public sealed record TrialDescription(
    string Data, TextOptions Text, ModelConfig Model, ElboObjective Objective, TrainingOptions Training, EvaluationOptions Measures)
{
    internal static TrialDescription Of(Trial trial) =>
        new(trial.Data.Name, trial.Data.Options, trial.Model, trial.Objective, trial.Training, trial.Measures);
}
