// The default random generator belongs to the whole process; training tests draw from it.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
