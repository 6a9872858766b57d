using Research.TextVae.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Evaluation;

/// <summary>How well codes preserve labels: whether sentences that are near in the latent space have the same label.</summary>
public static class NeighbourLabels
{
    /// <summary>The share of sentences whose label is the commonest one among their nearest training sentences (k-nearest-neighbour
    /// classification, Cover and Hart 1967).</summary>
    /// <param name="train">Codes with known labels; [train, latent].</param>
    /// <param name="trainLabels">Their labels, from 0.</param>
    /// <param name="test">Codes to judge; [test, latent].</param>
    /// <param name="testLabels">Their labels.</param>
    /// <param name="neighbours">k; of labels equally common the smallest is taken.</param>
    public static double Accuracy(
        Tensor train, IReadOnlyList<int> trainLabels, Tensor test, IReadOnlyList<int> testLabels, int neighbours = 10)
    {
        ArgumentNullException.ThrowIfNull(trainLabels);
        ArgumentNullException.ThrowIfNull(testLabels);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var nearest = Nearest(test, train, neighbours); // [test, k]
        var labels = tensor(trainLabels.Select(label => (long)label).ToArray());
        var votes = nn.functional.one_hot(labels.index_select(0, nearest.flatten()), labels.max().item<long>() + 1)
            .view(nearest.shape[0], nearest.shape[1], -1).sum(1); // [test, labels]
        var guessed = votes.argmax(1).data<long>().ToArray();
        return guessed.Zip(testLabels, (guess, label) => guess == label ? 1.0 : 0).Average();
    }

    /// <summary>The places of the codes nearest to some, the nearest first, by Euclidean distance; int64 [codes, count].</summary>
    /// <param name="codes">[codes, latent].</param>
    /// <param name="among">[others, latent].</param>
    /// <param name="count">How many, at most all.</param>
    public static Tensor Nearest(Tensor codes, Tensor among, int count)
    {
        ArgumentNullException.ThrowIfNull(among);
        return cdist(codes, among).topk((int)Math.Min(Require.AtLeast(1, count), among.shape[0]), 1, largest: false).indexes;
    }
}
