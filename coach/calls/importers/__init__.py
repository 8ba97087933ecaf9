"""Calls that other systems took: what can be read, and how they come into the library."""
