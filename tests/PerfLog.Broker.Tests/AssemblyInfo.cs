// Tests measure memory and allocations of the whole process, so they come one after the other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
