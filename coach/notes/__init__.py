"""Words for people, made of events and snapshots."""
