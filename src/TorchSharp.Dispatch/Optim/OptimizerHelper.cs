using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchSharp.Modules;

/// <summary>What the optimizers share: parameter groups, their options and the state of each parameter.</summary>
public abstract class OptimizerHelper : Optimizer
{
    private readonly Dictionary<Parameter, OptimizerState> states = new(ReferenceEqualityComparer.Instance);

    public override IEnumerable<Parameter> parameters() => _parameter_groups.SelectMany(group => group.Parameters);

    public override void zero_grad()
    {
        foreach (var parameter in parameters())
        {
            using var gradient = parameter.grad;
            gradient?.zero_();
        }
    }

    public virtual StateDictionary state_dict()
    {
        var dictionary = new StateDictionary();
        foreach (var group in _parameter_groups)
        {
            dictionary.Options.Add(group.Options!);
            dictionary.State.AddRange(group.Parameters.Select(parameter => states[parameter]));
        }
        return dictionary;
    }

    /// <summary>Takes over options and states, in order.</summary>
    /// <exception cref="ArgumentException">The numbers of groups or parameters differ.</exception>
    public virtual void load_state_dict(StateDictionary state_dict)
    {
        var own = this.state_dict();
        if (state_dict.Options.Count != own.Options.Count || state_dict.State.Count != own.State.Count)
            throw new ArgumentException(
                $"The optimizer has {own.Options.Count} groups with {own.State.Count} parameters, the state {state_dict.Options.Count} with {state_dict.State.Count}.",
                nameof(state_dict));
        foreach (var (target, source) in own.Options.Zip(state_dict.Options))
            if (!ReferenceEquals(target, source))
                target.LoadStateDict(source);
        foreach (var (target, source) in own.State.Zip(state_dict.State))
            if (!ReferenceEquals(target, source))
                target.LoadStateDict(source);
    }

    public void to(Device device)
    {
        foreach (var state in states.Values)
            state.to(device);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            foreach (var state in states.Values)
                (state as IDisposable)?.Dispose();
        states.Clear();
        base.Dispose(disposing);
    }

    /// <summary>Adds a group whose options are complete, with a fresh state for each of its parameters.</summary>
    private protected void Add<TState>(ParamGroup group, Func<Parameter, TState> newState)
        where TState : OptimizerState
    {
        group.Parameters = [.. group.Parameters];
        group.Options!.InitialLearningRate = group.LearningRate;
        foreach (var parameter in group.Parameters)
        {
            if (states.ContainsKey(parameter))
                throw new ArgumentException("A parameter appears twice in the optimizer.", nameof(group));
            states.Add(parameter, newState(parameter));
        }
        _parameter_groups.Add(group);
    }

    /// <summary>Runs the closure with gradients, then the update of each group without.</summary>
    private protected Tensor? Step(Func<Tensor>? closure, Action<ParamGroup> update)
    {
        Tensor? loss = null;
        if (closure is not null)
        {
            using var recording = enable_grad();
            loss = closure();
        }
        using var inference = no_grad();
        using var scope = NewDisposeScope();
        foreach (var group in _parameter_groups)
            update(group);
        return loss;
    }

    private protected TState StateOf<TState>(Parameter parameter)
        where TState : OptimizerState => (TState)states[parameter];
}
