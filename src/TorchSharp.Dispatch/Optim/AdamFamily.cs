using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchSharp.Modules;

/// <summary>
/// What Adam and AdamW share: all but where the weight decay goes. Generic, so that each has state and options of its
/// own type, <c>Adam.State</c> and <c>AdamW.State</c>, as in TorchSharp.
/// </summary>
public abstract class AdamFamily<TSelf> : OptimizerHelper, IBetas
    where TSelf : AdamFamily<TSelf>
{
    private readonly Options defaults;
    private readonly bool decoupled;

    private protected AdamFamily(IEnumerable<ParamGroup> parameters, bool decoupled, double lr, double beta1, double beta2, double eps, double weight_decay, bool amsgrad, bool maximize)
    {
        AdamArguments.Check(lr, beta1, beta2, eps, weight_decay);
        this.decoupled = decoupled;
        defaults = new Options
        {
            LearningRate = lr,
            InitialLearningRate = lr,
            beta1 = beta1,
            beta2 = beta2,
            eps = eps,
            weight_decay = weight_decay,
            amsgrad = amsgrad,
            maximize = maximize,
        };
        foreach (var group in parameters)
            add_param_group(group);
    }

    public (double, double) Betas
    {
        get => (defaults.beta1!.Value, defaults.beta2!.Value);
        set => (defaults.beta1, defaults.beta2) = value;
    }

    public override void add_param_group(Modules.ParamGroup param_group)
    {
        var options = (Options)(param_group.Options ??= new Options());
        options.LearningRate ??= defaults.LearningRate;
        options.beta1 ??= defaults.beta1;
        options.beta2 ??= defaults.beta2;
        options.eps ??= defaults.eps;
        options.weight_decay ??= defaults.weight_decay;
        options.amsgrad ??= defaults.amsgrad;
        options.maximize ??= defaults.maximize;
        Add(param_group, parameter => new State(parameter, options.amsgrad!.Value));
    }

    public override Tensor? step(Func<Tensor>? closure = null) => Step(closure, group =>
    {
        var moments = new List<AdamMoments>();
        foreach (var parameter in group.Parameters)
        {
            if (parameter.grad is not { } gradient)
                continue;
            var state = StateOf<State>(parameter);
            state.step++;
            moments.Add(new(parameter, gradient, state.exp_avg, state.exp_avg_sq, state.max_exp_avg_sq, state.step));
        }
        AdamUpdate.Apply(((Options)group.Options!).Complete(decoupled), moments);
    });

    /// <summary>Steps taken, and the running means of the gradient and of its square.</summary>
    public class State : OptimizerState, IDisposable
    {
        public long step;
        public Tensor exp_avg;
        public Tensor exp_avg_sq;
        public Tensor? max_exp_avg_sq;

        internal State(Parameter parameter, bool amsgrad)
        {
            exp_avg = zeros_like(parameter).DetachFromDisposeScope();
            exp_avg_sq = zeros_like(parameter).DetachFromDisposeScope();
            max_exp_avg_sq = amsgrad ? zeros_like(parameter).DetachFromDisposeScope() : null;
        }

        public override void LoadStateDict(OptimizerState source)
        {
            var other = (State)source;
            Dispose();
            (step, exp_avg, exp_avg_sq, max_exp_avg_sq) = (other.step, other.exp_avg, other.exp_avg_sq, other.max_exp_avg_sq);
        }

        public override bool ApproximatelyEquals(OptimizerState other) =>
            other is State state && step == state.step && exp_avg.allclose(state.exp_avg) && exp_avg_sq.allclose(state.exp_avg_sq);

        public override void to(Device device)
        {
            exp_avg = Moved(exp_avg, device);
            exp_avg_sq = Moved(exp_avg_sq, device);
            max_exp_avg_sq = max_exp_avg_sq is null ? null : Moved(max_exp_avg_sq, device);
        }

        public void Dispose()
        {
            exp_avg.Dispose();
            exp_avg_sq.Dispose();
            max_exp_avg_sq?.Dispose();
            GC.SuppressFinalize(this);
        }
    }

    /// <summary>Hyperparameters; what is null is taken from the optimizer.</summary>
    public class Options : OptimizerOptions
    {
        public double? beta1;
        public double? beta2;
        public double? weight_decay;
        public double? eps;
        public bool? amsgrad;
        public bool? maximize;

        public override void LoadStateDict(OptimizerOptions source)
        {
            base.LoadStateDict(source);
            var other = (Options)source;
            (beta1, beta2, eps) = (other.beta1, other.beta2, other.eps);
            (weight_decay, amsgrad, maximize) = (other.weight_decay, other.amsgrad, other.maximize);
        }

        internal AdamStep Complete(bool decoupled) => new(
            LearningRate!.Value, beta1!.Value, beta2!.Value, eps!.Value, weight_decay!.Value, decoupled, amsgrad!.Value, maximize!.Value);
    }

    /// <summary>Parameters with hyperparameters of their own.</summary>
    public class ParamGroup : ParamGroup<Options>, IBetas
    {
        public ParamGroup()
        {
        }

        public ParamGroup(IEnumerable<Parameter> parameters, Options options)
            : base(parameters, options)
        {
        }

        public ParamGroup(IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
            : base(parameters, new Options { LearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay, amsgrad = amsgrad, maximize = maximize })
        {
        }

        public (double, double) Betas
        {
            get => (Options!.beta1!.Value, Options.beta2!.Value);
            set => (Options!.beta1, Options.beta2) = value;
        }
    }
}
