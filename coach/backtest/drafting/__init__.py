"""A rule drafted from a moment of a call, with examples and near misses from kept talk."""
