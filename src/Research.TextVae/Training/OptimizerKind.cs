namespace Research.TextVae.Training;

/// <summary>What turns the gradients of a step into new weights.</summary>
public enum OptimizerKind
{
    /// <summary>Adam (Kingma and Ba 2015).</summary>
    Adam,

    /// <summary>Stochastic gradient descent without momentum, as much of the literature on collapse trains (He et al. 2019: rate 1, norm clipped at 5).</summary>
    Sgd,
}
