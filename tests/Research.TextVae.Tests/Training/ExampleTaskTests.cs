using Research.TextVae.Training;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Training;

public sealed class ExampleTaskTests
{
    [Fact]
    public void Every_epoch_takes_each_example_once_in_another_order_that_can_be_asked_for_again()
    {
        using var model = nn.Linear(1, 1);
        var asked = new List<int>();
        var options = new TrainingOptions { BatchSize = 4 };
        ExampleTask Task() => new(
            model, 10,
            rows =>
            {
                asked.AddRange(rows);
                return new BatchLoss(zeros(1), zeros(1), rows.Length);
            },
            () => new ValidationMeasures(model.training ? 1 : 0, 0, 1), options, seed: 1);
        int[] Epoch(ExampleTask task, int epoch)
        {
            asked.Clear();
            for (var batch = 0; batch < task.BatchesPerEpoch(epoch); batch++)
                task.Loss(epoch, batch, 0);
            return [.. asked];
        }

        var task = Task();
        var (first, second) = (Epoch(task, 0), Epoch(task, 1));

        Assert.Equal(3, task.BatchesPerEpoch(0));
        Assert.Equal(Enumerable.Range(0, 10), first.Order());
        Assert.Equal(Enumerable.Range(0, 10), second.Order());
        Assert.NotEqual(first, second);
        Assert.Equal(second, Epoch(Task(), 1));
        Assert.Equal(0, task.Validate().Objective); // in evaluation mode
        Assert.True(model.training);
    }
}
