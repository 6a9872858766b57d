// Live-tensor counts and the default generator belong to the process, so tests run one after another.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
