using System.Globalization;
using Research.TextVae.Support;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Training;

/// <summary>
/// Gathers everything numeric that training consists of (weights, optimizer state, learning rates, random generators) as
/// named tensors for a <see cref="Checkpoint"/>, and puts it back. Training resumed from it continues bit for bit.
/// </summary>
/// <remarks>
/// Names: <c>model.*</c> as in the state dictionary; <c>optimizer.N.{step, exp_avg, exp_avg_sq, max_exp_avg_sq,
/// momentum_buffer}</c> for the N-th parameter; <c>optimizer.rates</c> [groups, 2] with the current and the initial
/// learning rate; <c>random.default</c> and <c>random.NAME</c>.
/// </remarks>
public static class TrainingState
{
    private const string Model = "model.";
    private const string Rates = "optimizer.rates";
    private const string DefaultGenerator = "random.default";

    /// <summary>Gathers the state. The tensors of model and optimizer are their own, not copies; use it in a dispose scope.</summary>
    /// <param name="model">The model.</param>
    /// <param name="optimizer">Adam, AdamW or SGD; null stores weights only, without random generators.</param>
    /// <param name="generators">Further random generators by name, beside the default one.</param>
    public static Dictionary<string, Tensor> Collect(
        nn.Module model, OptimizerHelper? optimizer = null, IReadOnlyDictionary<string, Generator>? generators = null)
    {
        var tensors = model.state_dict().ToDictionary(entry => Model + entry.Key, entry => entry.Value);
        if (optimizer is null)
            return tensors;
        var state = optimizer.state_dict();
        for (var i = 0; i < state.State.Count; i++)
            foreach (var (name, value) in OptimizerTensors(state.State[i]))
                tensors.Add(OptimizerKey(i, name), value);
        var rates = state.Options.SelectMany(options => new[] { options.LearningRate!.Value, options.InitialLearningRate }).ToArray();
        tensors.Add(Rates, tensor(rates, dtype: ScalarType.Float64).view(-1, 2));
        tensors.Add(DefaultGenerator, get_rng_state());
        foreach (var (name, generator) in generators ?? new Dictionary<string, Generator>())
            tensors.Add(GeneratorKey(name), generator.get_state());
        return tensors;
    }

    /// <summary>Puts the state back into a model, optimizer and generators built as they were.</summary>
    /// <param name="source">Where the tensors come from, for messages.</param>
    /// <param name="tensors">What <see cref="Collect"/> gathered.</param>
    /// <param name="model">The model.</param>
    /// <param name="optimizer">The optimizer; null restores the weights only.</param>
    /// <param name="generators">The generators, by the names given when collecting.</param>
    /// <exception cref="UserException">Names or shapes do not fit the model or the optimizer.</exception>
    public static void Restore(
        string source, IReadOnlyDictionary<string, Tensor> tensors, nn.Module model, OptimizerHelper? optimizer = null,
        IReadOnlyDictionary<string, Generator>? generators = null)
    {
        using var scope = NewDisposeScope();
        using var inference = no_grad();
        RestoreModel(source, tensors, model);
        if (optimizer is null)
            return;
        RestoreOptimizer(source, tensors, optimizer);
        set_rng_state(Get(source, tensors, DefaultGenerator));
        foreach (var (name, generator) in generators ?? new Dictionary<string, Generator>())
            generator.set_state(Get(source, tensors, GeneratorKey(name)));
    }

    private static void RestoreModel(string source, IReadOnlyDictionary<string, Tensor> tensors, nn.Module model)
    {
        var own = model.state_dict();
        var stored = tensors.Where(entry => entry.Key.StartsWith(Model, StringComparison.Ordinal))
            .ToDictionary(entry => entry.Key[Model.Length..], entry => entry.Value);
        var missing = own.Keys.Except(stored.Keys).ToList();
        var unexpected = stored.Keys.Except(own.Keys).ToList();
        if (missing.Count + unexpected.Count > 0)
            throw Misfit(source, $"missing: {Listed(missing)}; unexpected: {Listed(unexpected)}");
        foreach (var (name, target) in own)
            Copy(source, Model + name, stored[name], target);
    }

    private static void RestoreOptimizer(string source, IReadOnlyDictionary<string, Tensor> tensors, OptimizerHelper optimizer)
    {
        var state = optimizer.state_dict();
        for (var i = 0; i < state.State.Count; i++)
        {
            Tensor Stored(string name) => Get(source, tensors, OptimizerKey(i, name));
            switch (state.State[i])
            {
                case Adam.State adam:
                    adam.step = Stored("step").item<long>();
                    CopyMoments(adam.exp_avg, adam.exp_avg_sq, adam.max_exp_avg_sq);
                    break;
                case AdamW.State adamW:
                    adamW.step = Stored("step").item<long>();
                    CopyMoments(adamW.exp_avg, adamW.exp_avg_sq, adamW.max_exp_avg_sq);
                    break;
                case SGD.State sgd:
                    sgd.momentum_buffer?.Dispose();
                    sgd.momentum_buffer = tensors.TryGetValue(OptimizerKey(i, "momentum_buffer"), out var buffer)
                        ? buffer.clone().DetachFromDisposeScope()
                        : null;
                    break;
                case var other:
                    throw new NotSupportedException($"The state of {other.GetType()} cannot be restored.");
            }

            void CopyMoments(Tensor first, Tensor second, Tensor? maximum)
            {
                Copy(source, OptimizerKey(i, "exp_avg"), Stored("exp_avg"), first);
                Copy(source, OptimizerKey(i, "exp_avg_sq"), Stored("exp_avg_sq"), second);
                if (maximum is not null)
                    Copy(source, OptimizerKey(i, "max_exp_avg_sq"), Stored("max_exp_avg_sq"), maximum);
            }
        }
        var rates = Get(source, tensors, Rates).view(-1).data<double>().ToArray();
        if (rates.Length != 2 * state.Options.Count)
            throw Misfit(source, $"it has {rates.Length / 2} parameter groups, the optimizer {state.Options.Count}");
        foreach (var (options, i) in state.Options.Select((options, i) => (options, i)))
            (options.LearningRate, options.InitialLearningRate) = (rates[2 * i], rates[2 * i + 1]);
    }

    private static IEnumerable<(string Name, Tensor Value)> OptimizerTensors(OptimizerState state) => state switch
    {
        Adam.State adam => Moments(adam.step, adam.exp_avg, adam.exp_avg_sq, adam.max_exp_avg_sq),
        AdamW.State adamW => Moments(adamW.step, adamW.exp_avg, adamW.exp_avg_sq, adamW.max_exp_avg_sq),
        SGD.State sgd => sgd.momentum_buffer is null ? [] : [("momentum_buffer", sgd.momentum_buffer)],
        _ => throw new NotSupportedException($"The state of {state.GetType()} cannot be stored."),
    };

    private static IEnumerable<(string Name, Tensor Value)> Moments(long step, Tensor first, Tensor second, Tensor? maximum)
    {
        yield return ("step", tensor(step));
        yield return ("exp_avg", first);
        yield return ("exp_avg_sq", second);
        if (maximum is not null)
            yield return ("max_exp_avg_sq", maximum);
    }

    private static Tensor Get(string source, IReadOnlyDictionary<string, Tensor> tensors, string name) =>
        tensors.TryGetValue(name, out var value) ? value : throw Misfit(source, $"{name} is missing");

    private static void Copy(string source, string name, Tensor stored, Tensor target)
    {
        if (!stored.shape.SequenceEqual(target.shape))
            throw Misfit(
                source, $"{name} has shape [{string.Join(", ", stored.shape)}], the model's has [{string.Join(", ", target.shape)}]");
        target.copy_(stored);
    }

    private static UserException Misfit(string source, string problem) =>
        new($"{source} does not fit this model: {problem}; use the configuration it was saved with");

    private static string Listed(List<string> names) => names.Count switch
    {
        0 => "nothing",
        <= 4 => string.Join(", ", names),
        _ => string.Join(", ", names.Take(4)) + $" and {names.Count - 4} more",
    };

    private static string OptimizerKey(int index, string name) => string.Create(CultureInfo.InvariantCulture, $"optimizer.{index}.{name}");

    private static string GeneratorKey(string name) => "random." + name;
}
