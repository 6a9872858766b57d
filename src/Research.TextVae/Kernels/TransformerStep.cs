using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Kernels;

/// <summary>
/// One token of each text through all blocks of a pre-norm Transformer, without gradients: one query against the cache of keys and values.
/// Its reference form is the blocks themselves.
/// </summary>
internal sealed unsafe partial class TransformerStep
{
    private readonly Tensor[] _weights;
    private readonly Precision _precision;
    private readonly long _heads;
    private readonly long _width;
    private readonly long _inner;
    private readonly long _layers;
    private readonly bool _readsSource;

    /// <param name="blocks">Of each block, in the order of their use, its normalisations, each with the layers of the branch it
    /// opens.</param>
    /// <param name="norm">The weight and the bias of the normalisation above all blocks.</param>
    /// <param name="heads">Number of attention heads.</param>
    /// <param name="precision">What the products are computed in.</param>
    public TransformerStep(
        IReadOnlyList<IReadOnlyList<(Tensor Scale, Tensor Shift, IReadOnlyList<(Tensor Weight, Tensor Bias)> Layers)>> blocks,
        (Tensor Scale, Tensor Shift) norm, long heads, Precision precision)
    {
        (_heads, _precision, _layers, _readsSource) = (heads, precision, blocks.Count, blocks[0].Count == 3);
        (_width, _inner) = (norm.Scale.shape[0], blocks[0][^1].Layers[0].Weight.shape[0]);
        _weights =
        [
            .. from block in blocks
               from branch in block
               from weight in (IEnumerable<Tensor>)
                   [branch.Scale, branch.Shift,
                       .. branch.Layers.SelectMany(IEnumerable<Tensor> (layer) =>
                           [PackedMatrix.Pack(layer.Weight, precision).Memory, KernelLibrary.Dense(layer.Bias)])]
               select weight,
            norm.Scale,
            norm.Shift,
        ];
    }

    /// <param name="x">float32 [batch, width]; becomes the normalised output of the last block.</param>
    /// <param name="caches">Of each block the keys of all heads, then the values, [batch, 2 · heads, capacity, width / heads]; take those
    /// of the token.</param>
    /// <param name="place">The token's position in the caches.</param>
    /// <param name="sources">Keys and values of an encoded text for each block, contiguous [batch, source, 2 · width]; empty where there is
    /// none.</param>
    /// <param name="sourceLengths">Its tokens without padding; int64 [batch].</param>
    public void Run(Tensor x, IReadOnlyList<Tensor> caches, long place, IReadOnlyList<Tensor> sources, Tensor? sourceLengths)
    {
        var batch = x.shape[0];
        Require(x, nameof(x), [batch, _width]);
        Shapes.Require(caches.Count == _layers && sources.Count == (_readsSource ? _layers : 0), nameof(caches),
            $"and sources must be {_layers}", null);
        Shapes.Require(
            !_readsSource || (sourceLengths is { } given && given.dtype == ScalarType.Int64 && given.dim() == 1 && given.shape[0] == batch),
            nameof(sourceLengths), $"must be Int64 [{batch}]", sourceLengths);
        var pointers = stackalloc void*[_weights.Length + caches.Count + sources.Count];
        var capacities = stackalloc long[caches.Count];
        var cachePointers = pointers + _weights.Length;
        var sourcePointers = cachePointers + caches.Count;
        for (var i = 0; i < _weights.Length; i++)
            pointers[i] = KernelLibrary.Data(_weights[i]);
        for (var layer = 0; layer < caches.Count; layer++)
        {
            var capacity = caches[layer].dim() == 4 ? caches[layer].shape[2] : 0;
            Require(caches[layer], nameof(caches), [batch, 2 * _heads, Math.Max(capacity, place + 1), _width / _heads]);
            cachePointers[layer] = KernelLibrary.Data(caches[layer]);
            capacities[layer] = capacity;
        }

        var sourceTime = _readsSource ? sources[0].shape[1] : 0;
        for (var layer = 0; layer < sources.Count; layer++)
        {
            Require(sources[layer], nameof(sources), [batch, sourceTime, 2 * _width]);
            sourcePointers[layer] = KernelLibrary.Data(sources[layer]);
        }

        var lengths = _readsSource ? KernelLibrary.Dense(sourceLengths!) : null;
        var model = new Model
        {
            Batch = batch,
            Width = _width,
            Heads = _heads,
            Layers = _layers,
            Inner = _inner,
            Place = place,
            SourceTime = sourceTime,
            SourceLengths = KernelLibrary.Longs(lengths),
            Capacities = capacities,
            Caches = cachePointers,
            Sources = _readsSource ? sourcePointers : null,
            Weights = pointers,
        };
        if (batch > 0)
            KernelLibrary.Check(textvae_transformer_step(get_num_threads(), (int)_precision, &model, KernelLibrary.Floats(x)));
    }

    private static void Require(Tensor tensor, string argument, long[] shape) => Shapes.Require(
        KernelLibrary.Serves(tensor) && tensor.is_contiguous() && tensor.shape.SequenceEqual(shape), argument,
        $"must be contiguous Float32 [{string.Join(", ", shape)}]", tensor);

    [StructLayout(LayoutKind.Sequential)]
    private struct Model
    {
        public long Batch;
        public long Width;
        public long Heads;
        public long Layers;
        public long Inner;
        public long Place;
        public long SourceTime;
        public long* SourceLengths;
        public long* Capacities;
        public void** Caches;
        public void** Sources;
        public void** Weights;
    }

    [LibraryImport(KernelLibrary.Name)]
    private static partial int textvae_transformer_step(int threads, int precision, Model* model, float* x);
}
