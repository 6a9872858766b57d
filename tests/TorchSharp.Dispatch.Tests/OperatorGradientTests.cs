using System.Reflection;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace TorchSharp.Tests;

/// <summary>Every differentiable operator of the binding against finite differences.</summary>
public class OperatorGradientTests
{
    private static readonly Generator Seeded = new(3);
    private static readonly Tensor Mask = tensor(new[,] { { true, false, true }, { false, true, true } });
    private static readonly Tensor Picks = tensor(new long[] { 2, 0, 2 });
    private static readonly Tensor Columns = tensor(new long[,] { { 2, 0, 1 }, { 0, 0, 2 } });
    private static readonly Tensor Classes = tensor(new long[] { 1, 2 });

    /// <summary>Operators by the name they have in <see cref="Tensor"/> or functional, several forms apart by a suffix after a space.</summary>
    private static readonly Dictionary<string, (Func<Tensor[], Tensor> F, Func<Tensor>[] Inputs)> Cases = new()
    {
        // Arithmetic
        ["add"] = (x => x[0].add(x[1]), [Real(2, 3), Real(3)]),
        ["add alpha"] = (x => x[0].add(x[1], 0.7), [Real(2, 3), Real(2, 1)]),
        ["add scalar"] = (x => 2 + (x[0] + 1.5), [Real(2, 3)]),
        ["add_"] = (x => x[0].clone().add_(x[1]), [Real(2, 3), Real(3)]),
        ["sub"] = (x => x[0] - x[1] - 2.0, [Real(2, 3), Real(3)]),
        ["sub_"] = (x => x[0].clone().sub_(x[1]), [Real(2, 3), Real(3)]),
        ["subtract"] = (x => x[0].subtract(x[1]), [Real(2, 3), Real(3)]),
        ["rsub"] = (x => 2.0 - x[0], [Real(2, 3)]),
        ["mul"] = (x => x[0] * x[1] * 3.0, [Real(2, 3), Real(3)]),
        ["mul_"] = (x => x[0].clone().mul_(x[1]), [Real(2, 3), Real(3)]),
        ["multiply"] = (x => x[0].multiply(x[1]), [Real(2, 3), Real(3)]),
        ["div"] = (x => x[0] / x[1] / 3.0, [Real(2, 3), Real(3)]),
        ["div_"] = (x => x[0].clone().div_(x[1]), [Real(2, 3), Real(3)]),
        ["div scalar by"] = (x => 2.0 / x[0], [Real(2, 3)]),
        ["remainder"] = (x => x[0] % 0.77, [Real(2, 3)]),
        ["fmod"] = (x => x[0].fmod(0.77), [Real(2, 3)]),
        ["pow"] = (x => x[0].pow(x[1]), [Positive(2, 3), Real(3)]),
        ["pow scalar"] = (x => x[0].pow(3), [Real(2, 3)]),
        ["pow_"] = (x => x[0].clone().pow_(2), [Real(2, 3)]),
        ["square"] = (x => x[0].square(), [Real(2, 3)]),
        ["square_"] = (x => x[0].clone().square_(), [Real(2, 3)]),
        ["addcmul"] = (x => x[0].addcmul(x[1], x[2], 0.3), [Real(2, 3), Real(2, 3), Real(3)]),
        ["addcmul_"] = (x => x[0].clone().addcmul_(x[1], x[2], 0.3), [Real(2, 3), Real(2, 3), Real(3)]),
        ["addcdiv"] = (x => x[0].addcdiv(x[1], x[2], 0.3), [Real(2, 3), Real(2, 3), Real(3)]),
        ["addcdiv_"] = (x => x[0].clone().addcdiv_(x[1], x[2], 0.3), [Real(2, 3), Real(2, 3), Real(3)]),
        ["lerp"] = (x => x[0].lerp(x[1], x[2]), [Real(2, 3), Real(2, 3), Real(3)]),
        ["lerp_"] = (x => x[0].clone().lerp_(x[1], tensor(0.3)), [Real(2, 3), Real(2, 3)]),
        ["maximum"] = (x => x[0].maximum(x[1]), [Real(2, 3), Real(2, 3)]),
        ["minimum"] = (x => x[0].minimum(x[1]), [Real(2, 3), Real(2, 3)]),
        ["clamp"] = (x => x[0].clamp(-0.55, 0.65), [Real(3, 4)]),
        ["clamp_"] = (x => x[0].clone().clamp_(max: 0.65), [Real(3, 4)]),
        ["clip"] = (x => x[0].clip(-0.55, 0.65), [Real(3, 4)]),
        ["clamp_min"] = (x => x[0].clamp_min(0.25), [Real(3, 4)]),
        ["clamp_min_"] = (x => x[0].clone().clamp_min_(0.25), [Real(3, 4)]),
        ["clamp_max"] = (x => x[0].clamp_max(0.25), [Real(3, 4)]),
        ["clamp_max_"] = (x => x[0].clone().clamp_max_(0.25), [Real(3, 4)]),
        ["nan_to_num"] = (x => x[0].nan_to_num(), [Real(2, 3)]),
        ["where"] = (x => where(Mask, x[0], x[1]) + x[0].where(Mask, x[1]) + where(Mask, x[0], 0.5), [Real(2, 3), Real(2, 3)]),

        // Elementwise functions
        ["exp"] = (x => x[0].exp(), [Real(2, 3)]),
        ["exp_"] = (x => x[0].clone().exp_(), [Real(2, 3)]),
        ["expm1"] = (x => x[0].expm1(), [Real(2, 3)]),
        ["expm1_"] = (x => x[0].clone().expm1_(), [Real(2, 3)]),
        ["log"] = (x => x[0].log(), [Positive(2, 3)]),
        ["log_"] = (x => x[0].clone().log_(), [Positive(2, 3)]),
        ["log1p"] = (x => x[0].log1p(), [Positive(2, 3)]),
        ["log1p_"] = (x => x[0].clone().log1p_(), [Positive(2, 3)]),
        ["log2"] = (x => x[0].log2(), [Positive(2, 3)]),
        ["log2_"] = (x => x[0].clone().log2_(), [Positive(2, 3)]),
        ["log10"] = (x => x[0].log10(), [Positive(2, 3)]),
        ["log10_"] = (x => x[0].clone().log10_(), [Positive(2, 3)]),
        ["sqrt"] = (x => x[0].sqrt(), [Positive(2, 3)]),
        ["sqrt_"] = (x => x[0].clone().sqrt_(), [Positive(2, 3)]),
        ["rsqrt"] = (x => x[0].rsqrt(), [Positive(2, 3)]),
        ["rsqrt_"] = (x => x[0].clone().rsqrt_(), [Positive(2, 3)]),
        ["abs"] = (x => x[0].abs(), [Real(2, 3)]),
        ["abs_"] = (x => x[0].clone().abs_(), [Real(2, 3)]),
        ["neg"] = (x => -x[0], [Real(2, 3)]),
        ["neg_"] = (x => x[0].clone().neg_(), [Real(2, 3)]),
        ["negative"] = (x => x[0].negative(), [Real(2, 3)]),
        ["reciprocal"] = (x => x[0].reciprocal(), [Real(2, 3)]),
        ["reciprocal_"] = (x => x[0].clone().reciprocal_(), [Real(2, 3)]),
        ["sigmoid"] = (x => x[0].sigmoid(), [Real(2, 3)]),
        ["sigmoid_"] = (x => x[0].clone().sigmoid_(), [Real(2, 3)]),
        ["tanh"] = (x => x[0].tanh(), [Real(2, 3)]),
        ["tanh_"] = (x => x[0].clone().tanh_(), [Real(2, 3)]),
        ["relu"] = (x => x[0].relu(), [Real(3, 4)]),
        ["relu_"] = (x => x[0].clone().relu_(), [Real(3, 4)]),
        ["erf"] = (x => x[0].erf(), [Real(2, 3)]),
        ["erf_"] = (x => x[0].clone().erf_(), [Real(2, 3)]),
        ["erfc"] = (x => x[0].erfc(), [Real(2, 3)]),
        ["erfinv"] = (x => x[0].erfinv(), [Unit(2, 3)]),
        ["sin"] = (x => x[0].sin(), [Real(2, 3)]),
        ["sin_"] = (x => x[0].clone().sin_(), [Real(2, 3)]),
        ["cos"] = (x => x[0].cos(), [Real(2, 3)]),
        ["cos_"] = (x => x[0].clone().cos_(), [Real(2, 3)]),
        ["tan"] = (x => x[0].tan(), [Unit(2, 3)]),
        ["tan_"] = (x => x[0].clone().tan_(), [Unit(2, 3)]),
        ["atan"] = (x => x[0].atan(), [Real(2, 3)]),
        ["asin"] = (x => x[0].asin(), [Unit(2, 3)]),
        ["acos"] = (x => x[0].acos(), [Unit(2, 3)]),
        ["sinh"] = (x => x[0].sinh(), [Real(2, 3)]),
        ["cosh"] = (x => x[0].cosh(), [Real(2, 3)]),
        ["lgamma"] = (x => x[0].lgamma(), [Positive(2, 3)]),
        ["digamma"] = (x => x[0].digamma(), [Positive(2, 3)]),
        ["gelu"] = (x => x[0].gelu(), [Real(2, 3)]),
        ["silu"] = (x => x[0].silu(), [Real(2, 3)]),
        ["silu_"] = (x => x[0].clone().silu_(), [Real(2, 3)]),
        ["logit"] = (x => x[0].logit(), [Unit(2, 3)]),
        ["softplus"] = (x => x[0].softplus(), [Real(2, 3)]),
        ["leaky_relu"] = (x => x[0].leaky_relu(0.1), [Real(3, 4)]),
        ["elu"] = (x => x[0].elu(), [Real(3, 4)]),
        ["log_sigmoid"] = (x => x[0].log_sigmoid(), [Real(2, 3)]),
        ["softmax"] = (x => x[0].softmax(-1), [Real(2, 3)]),
        ["log_softmax"] = (x => x[0].log_softmax(1), [Real(2, 3)]),

        // Reductions
        ["sum"] = (x => x[0].sum() + x[0].sum(0L).sum() + x[0].sum([0, 1], keepdim: true).sum(), [Real(2, 3)]),
        ["nansum"] = (x => x[0].nansum(), [Real(2, 3)]),
        ["mean"] = (x => x[0].mean([1]) + x[0].mean(), [Real(2, 3)]),
        ["var"] = (x => x[0].var(1) + x[0].var(unbiased: false), [Real(2, 3)]),
        ["std"] = (x => x[0].std(1) + x[0].std(), [Real(2, 3)]),
        ["std_mean"] = (x => x[0].std_mean() is var (s, m) ? s * m : throw new InvalidOperationException(), [Real(2, 3)]),
        ["var_mean"] = (x => x[0].var_mean() is var (v, m) ? v * m : throw new InvalidOperationException(), [Real(2, 3)]),
        ["max"] = (x => x[0].max() + x[0].max(1).values, [Real(2, 3)]),
        ["min"] = (x => x[0].min() + x[0].min(1).values, [Real(2, 3)]),
        ["amax"] = (x => x[0].amax(1), [Real(2, 3)]),
        ["amin"] = (x => x[0].amin([1], keepdim: true), [Real(2, 3)]),
        ["prod"] = (x => x[0].prod() + x[0].prod(1), [Real(2, 3)]),
        ["norm"] = (x => x[0].norm() + x[0].norm(1, p: 3), [Real(2, 3)]),
        ["logsumexp"] = (x => x[0].logsumexp(1), [Real(2, 3)]),
        ["cumsum"] = (x => x[0].cumsum(1), [Real(2, 3)]),
        ["cumprod"] = (x => x[0].cumprod(1), [Real(2, 3)]),
        ["logcumsumexp"] = (x => x[0].logcumsumexp(1), [Real(2, 3)]),
        ["topk"] = (x => x[0].topk(2).values, [Real(2, 4)]),
        ["sort"] = (x => x[0].sort(descending: true).Values, [Real(2, 4)]),
        ["median"] = (x => x[0].median(), [Real(1, 5)]),
        ["quantile"] = (x => x[0].quantile(tensor(new[] { 0.3, 0.8 }), 1), [Real(2, 4)]),
        ["trace"] = (x => x[0].trace(), [Real(3, 3)]),

        // Shape
        ["clone"] = (x => x[0].clone(), [Real(2, 3)]),
        ["contiguous"] = (x => x[0].t().contiguous(), [Real(2, 3)]),
        ["alias"] = (x => x[0].alias() * 2.0, [Real(2, 3)]),
        ["view"] = (x => x[0].view(3, 2), [Real(2, 3)]),
        ["view_as"] = (x => x[0].view_as(Columns.t().contiguous()), [Real(2, 3)]),
        ["reshape"] = (x => x[0].t().reshape(6), [Real(2, 3)]),
        ["flatten"] = (x => x[0].flatten(1), [Real(2, 3, 2)]),
        ["unflatten"] = (x => x[0].unflatten(-1, 3, 2), [Real(2, 6)]),
        ["transpose"] = (x => x[0].transpose(0, 2), [Real(2, 3, 2)]),
        ["transpose_"] = (x => x[0].clone().transpose_(0, 1), [Real(2, 3)]),
        ["swapaxes"] = (x => x[0].swapaxes(0, 1), [Real(2, 3)]),
        ["t"] = (x => x[0].t() + x[0].T + x[0].mT, [Real(2, 3)]),
        ["permute"] = (x => x[0].permute(2, 0, 1), [Real(2, 3, 2)]),
        ["squeeze"] = (x => x[0].squeeze() + x[0].squeeze(1), [Real(2, 1, 3)]),
        ["unsqueeze"] = (x => x[0].unsqueeze(1), [Real(2, 3)]),
        ["unsqueeze_"] = (x => x[0].clone().unsqueeze_(1), [Real(2, 3)]),
        ["expand"] = (x => x[0].expand(4, -1, 3), [Real(2, 1)]),
        ["expand_as"] = (x => x[0].expand_as(Columns), [Real(2, 1)]),
        ["broadcast_to"] = (x => x[0].broadcast_to(2, 3), [Real(3)]),
        ["repeat"] = (x => x[0].repeat(2, 2), [Real(2, 3)]),
        ["repeat_interleave"] = (x => x[0].repeat_interleave(2, dim: 0), [Real(2, 3)]),
        ["tile"] = (x => x[0].tile(2), [Real(2, 3)]),
        ["flip"] = (x => x[0].flip(0, 1), [Real(2, 3)]),
        ["roll"] = (x => x[0].roll(1, 1), [Real(2, 3)]),
        ["tril"] = (x => x[0].tril(), [Real(3, 3)]),
        ["triu"] = (x => x[0].triu(1), [Real(3, 3)]),
        ["diagonal"] = (x => x[0].diagonal(), [Real(3, 3)]),
        ["diag"] = (x => x[0].diag(), [Real(3)]),
        ["diag_embed"] = (x => x[0].diag_embed(), [Real(2, 3)]),
        ["split"] = (x => x[0].split(2, 1)[1] * x[0].split([1, 2], 1)[0], [Real(2, 3)]),
        ["chunk"] = (x => x[0].chunk(2, 1)[1], [Real(2, 4)]),
        ["unbind"] = (x => x[0].unbind(1)[2], [Real(2, 3)]),
        ["select"] = (x => x[0].select(1, -1), [Real(2, 3)]),
        ["narrow"] = (x => x[0].narrow(1, 1, 2), [Real(2, 3)]),
        ["slice"] = (x => x[0].slice(1, 0, 3, 2), [Real(2, 3)]),
        ["unfold"] = (x => x[0].unfold(1, 2, 1), [Real(2, 4)]),
        ["cat"] = (x => cat([x[0], x[1]], 1), [Real(2, 3), Real(2, 1)]),
        ["stack"] = (x => stack([x[0], x[1]], 1), [Real(2, 3), Real(2, 3)]),

        // Indexing
        ["index"] = (x => x[0][.., 1..] * x[0][TensorIndex.Ellipsis, ^1].unsqueeze(1) + x[0][Picks.remainder(2), Picks][..2].unsqueeze(1) + x[0][Mask].sum(), [Real(2, 3)]),
        ["index_put_"] = (x => x[0].clone().index_put_(x[1], Picks.remainder(2)[..2], Picks[..2]), [Real(2, 3), Real(2)]),
        ["index_select"] = (x => x[0].index_select(1, Picks), [Real(2, 3)]),
        ["index_add"] = (x => x[0].index_add(1, Picks, x[1], 0.5), [Real(2, 3), Real(2, 3)]),
        ["index_add_"] = (x => x[0].clone().index_add_(1, Picks, x[1], 0.5), [Real(2, 3), Real(2, 3)]),
        ["index_copy_"] = (x => x[0].clone().index_copy_(1, Picks[..2], x[1]), [Real(2, 3), Real(2, 2)]),
        ["index_fill_"] = (x => x[0].clone().index_fill_(1, Picks, 0.0), [Real(2, 3)]),
        ["gather"] = (x => x[0].gather(1, Columns), [Real(2, 3)]),
        ["scatter"] = (x => x[0].scatter(1, Picks[..2].unsqueeze(1), x[1]), [Real(2, 3), Real(2, 1)]),
        ["scatter_"] = (x => x[0].clone().scatter_(1, Picks[..2].unsqueeze(1), x[1]), [Real(2, 3), Real(2, 1)]),
        ["scatter_add"] = (x => x[0].scatter_add(1, Columns, x[1]), [Real(2, 3), Real(2, 3)]),
        ["scatter_add_"] = (x => x[0].clone().scatter_add_(1, Columns, x[1]), [Real(2, 3), Real(2, 3)]),
        ["masked_fill"] = (x => x[0].masked_fill(Mask, 2.0) + x[0].masked_fill(Mask, x[1]), [Real(2, 3), Real()]),
        ["masked_fill_"] = (x => x[0].clone().masked_fill_(Mask, 2.0), [Real(2, 3)]),
        ["masked_select"] = (x => x[0].masked_select(Mask), [Real(2, 3)]),
        ["masked_scatter"] = (x => x[0].masked_scatter(Mask, x[1]), [Real(2, 3), Real(2, 3)]),
        ["take"] = (x => x[0].take(Picks), [Real(2, 3)]),
        ["copy_"] = (x => zeros(2, 3, dtype: ScalarType.Float64).copy_(x[0]), [Real(2, 3)]),
        ["to"] = (x => x[0].to(ScalarType.Float64, copy: true), [Real(2, 3)]),

        // Linear algebra
        ["matmul"] = (x => x[0].matmul(x[1]), [Real(2, 2, 3), Real(3, 2)]),
        ["mm"] = (x => x[0].mm(x[1]), [Real(2, 3), Real(3, 2)]),
        ["mv"] = (x => x[0].mv(x[1]), [Real(2, 3), Real(3)]),
        ["bmm"] = (x => x[0].bmm(x[1]), [Real(2, 2, 3), Real(2, 3, 2)]),
        ["addmm"] = (x => x[0].addmm(x[1], x[2], 0.5f, 2f), [Real(2), Real(2, 3), Real(3, 2)]),
        ["baddbmm"] = (x => x[0].baddbmm(x[1], x[2]), [Real(2, 2, 2), Real(2, 2, 3), Real(2, 3, 2)]),
        ["dot"] = (x => x[0].dot(x[1]), [Real(3), Real(3)]),
        ["outer"] = (x => x[0].outer(x[1]), [Real(3), Real(2)]),
        ["einsum"] = (x => einsum("bij,jk->bik", x[0], x[1]), [Real(2, 2, 3), Real(3, 2)]),
        ["inverse"] = (x => (x[0] + eye(3, dtype: ScalarType.Float64) * 5).inverse(), [Real(3, 3)]),
        ["det"] = (x => x[0].det(), [Real(3, 3)]),
        ["cholesky"] = (x => (x[0].matmul(x[0].t()) + eye(3, dtype: ScalarType.Float64)).cholesky(), [Real(3, 3)]),
        ["cdist"] = (x => cdist(x[0], x[1]), [Real(2, 3), Real(4, 3)]),
        ["linalg.svd"] = (x => linalg.svd(x[0], fullMatrices: false).S, [Real(3, 2)]),
        ["linalg.eigh"] = (x => linalg.eigh(x[0] + x[0].t()).Item1, [Real(3, 3)]),
        ["linalg.solve"] = (x => linalg.solve(x[0] + eye(3, dtype: ScalarType.Float64) * 5, x[1]), [Real(3, 3), Real(3, 2)]),

        // torch.nn.functional
        ["F.relu"] = (x => F.relu(x[0]) + F.relu(x[0].clone(), inplace: true), [Real(3, 4)]),
        ["F.gelu"] = (x => F.gelu(x[0]), [Real(3, 4)]),
        ["F.silu"] = (x => F.silu(x[0]), [Real(3, 4)]),
        ["F.sigmoid"] = (x => F.sigmoid(x[0]), [Real(3, 4)]),
        ["F.tanh"] = (x => F.tanh(x[0]), [Real(3, 4)]),
        ["F.softplus"] = (x => F.softplus(x[0]), [Real(3, 4)]),
        ["F.leaky_relu"] = (x => F.leaky_relu(x[0]), [Real(3, 4)]),
        ["F.elu"] = (x => F.elu(x[0]), [Real(3, 4)]),
        ["F.logsigmoid"] = (x => F.logsigmoid(x[0]), [Real(3, 4)]),
        ["F.glu"] = (x => F.glu(x[0]), [Real(3, 4)]),
        ["F.softmax"] = (x => F.softmax(x[0], 0), [Real(3, 4)]),
        ["F.log_softmax"] = (x => F.log_softmax(x[0], 0), [Real(3, 4)]),
        ["F.cross_entropy"] = (x => F.cross_entropy(x[0], Classes, label_smoothing: 0.1), [Real(2, 3)]),
        ["F.nll_loss"] = (x => F.nll_loss(x[0].log_softmax(1), Classes, reduction: nn.Reduction.None), [Real(2, 3)]),
        ["F.binary_cross_entropy"] = (x => F.binary_cross_entropy(x[0], Mask.@double()), [Unit(2, 3)]),
        ["F.binary_cross_entropy_with_logits"] = (x => F.binary_cross_entropy_with_logits(x[0], Mask.@double()), [Real(2, 3)]),
        ["F.mse_loss"] = (x => F.mse_loss(x[0], x[1]), [Real(2, 3), Real(2, 3)]),
        ["F.l1_loss"] = (x => F.l1_loss(x[0], x[1]), [Real(2, 3), Real(2, 3)]),
        ["F.smooth_l1_loss"] = (x => F.smooth_l1_loss(x[0], x[1]), [Real(2, 3), Real(2, 3)]),
        ["F.huber_loss"] = (x => F.huber_loss(x[0], x[1]), [Real(2, 3), Real(2, 3)]),
        ["F.kl_div"] = (x => F.kl_div(x[0].log_softmax(1), x[1].log_softmax(1), reduction: nn.Reduction.Sum), [Real(2, 3), Real(2, 3)]),
        ["F.linear"] = (x => F.linear(x[0], x[1], x[2]), [Real(2, 3), Real(4, 3), Real(4)]),
        ["F.dropout"] = (x => F.dropout(x[0], 0.5, training: false), [Real(2, 3)]),
        ["F.layer_norm"] = (x => F.layer_norm(x[0], [3], x[1], x[2]), [Real(2, 3), Real(3), Real(3)]),
        ["F.batch_norm"] = (x => F.batch_norm(x[0], null, null, x[1], x[2], training: true), [Real(4, 3), Real(3), Real(3)]),
        ["F.normalize"] = (x => F.normalize(x[0]), [Real(2, 3)]),
        ["F.cosine_similarity"] = (x => F.cosine_similarity(x[0], x[1]), [Real(2, 3), Real(2, 3)]),
        ["F.pairwise_distance"] = (x => F.pairwise_distance(x[0], x[1]), [Real(2, 3), Real(2, 3)]),
        ["F.pad"] = (x => F.pad(x[0], [1, 2], value: 3), [Real(2, 3)]),
        ["F.scaled_dot_product_attention"] = (x => F.scaled_dot_product_attention(x[0], x[1], x[2], null, 0.0, true), [Real(1, 3, 2), Real(1, 3, 2), Real(1, 3, 2)]),
        ["F.scaled_dot_product_attention mask"] = (x => F.scaled_dot_product_attention(x[0], x[1], x[2], Mask), [Real(2, 2), Real(3, 2), Real(3, 2)]),
    };

    /// <summary>Integers, truth values, constants, random draws, and conversions out of float64: nothing to differentiate.</summary>
    private static readonly HashSet<string> NotDifferentiable =
    [
        "detach", "detach_", "sign", "sign_", "floor", "floor_", "ceil", "ceil_", "round", "round_", "trunc", "trunc_", "floor_divide",
        "eq", "ne", "lt", "le", "gt", "ge", "isnan", "isinf", "isfinite", "isclose", "logical_and", "logical_or", "logical_xor", "logical_not",
        "bitwise_and", "bitwise_or", "bitwise_xor", "bitwise_not", "argmax", "argmin", "argsort", "all", "any", "count_nonzero", "nonzero",
        "bincount", "unique", "multinomial", "bernoulli", "bernoulli_", "normal_", "uniform_", "random_", "exponential_", "zero_", "fill_",
        "zeros_like", "ones_like", "empty_like", "full_like", "rand_like", "randn_like", "new_zeros", "new_ones", "new_empty", "new_full",
        "to_type", "type", "type_as", "float", "double", "half", "bfloat16", "long", "int", "byte", "bool", "cpu", "cuda",
        "requires_grad_", "with_requires_grad", "MoveToOuterDisposeScope", "MoveToOtherDisposeScope", "DetachFromDisposeScope", "F.one_hot",
    ];

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradient_agrees_with_finite_differences(string name)
    {
        var (function, inputs) = Cases[name];
        Seeded.manual_seed(11);
        GradientCheck.Run(function, Array.ConvertAll(inputs, make => make()));
    }

    [Fact]
    public void No_operator_is_left_out()
    {
        var methods = typeof(Tensor).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(m => !m.IsSpecialName).Select(m => (m.Name, m.ReturnType))
            .Concat(typeof(F).GetMethods(BindingFlags.Public | BindingFlags.Static).Select(m => ("F." + m.Name, m.ReturnType)));
        var covered = Cases.Keys.Select(k => k.Split(' ')[0]).ToHashSet();
        var missing = methods.Where(m => HoldsTensors(m.Item2)).Select(m => m.Item1).Distinct()
            .Where(name => !covered.Contains(name) && !NotDifferentiable.Contains(name));
        Assert.Empty(missing);
    }

    private static bool HoldsTensors(Type type) =>
        type == typeof(Tensor) || type == typeof(Tensor[]) || (type.IsGenericType && type.GetGenericArguments().Contains(typeof(Tensor)));

    /// <summary>Away from 0, where |x|, relu and the like have no derivative.</summary>
    private static Func<Tensor> Real(params long[] shape) => () =>
    {
        var x = rand(shape, ScalarType.Float64, generator: Seeded) * 4 - 2;
        return (x + x.sign() * 0.1).detach();
    };

    private static Func<Tensor> Positive(params long[] shape) => () => rand(shape, ScalarType.Float64, generator: Seeded) * 2 + 0.3;

    private static Func<Tensor> Unit(params long[] shape) => () => rand(shape, ScalarType.Float64, generator: Seeded) * 0.8 + 0.1;
}
