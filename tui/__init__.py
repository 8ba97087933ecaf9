"""The terminal screen: reads snapshots, sends keys, computes nothing."""
