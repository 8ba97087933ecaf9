"""The engine: typed facts in, results out. Pure: no clock, no thread, no I/O, no chance."""
