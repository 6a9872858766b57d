using Research.TextVae.Models;
using Research.TextVae.Objectives;
using Research.TextVae.Text;
using Research.TextVae.Training;

namespace Research.TextVae.Experiments;

/// <summary>One model to train and measure: a member of a sweep.</summary>
public sealed record Trial
{
    /// <summary>The text, split and encoded.</summary>
    public required TextData Data { get; init; }

    /// <summary>The model.</summary>
    public required TextVaeConfig Model { get; init; }

    /// <summary>The loss.</summary>
    public ElboObjective Objective { get; init; } = new();

    /// <summary>How it is trained.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>What is measured at the end.</summary>
    public EvaluationOptions Measures { get; init; } = new();
}
