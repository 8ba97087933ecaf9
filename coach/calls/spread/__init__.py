"""Work on many calls, by this process, by several, or by a cluster: the same path for all."""
