"""A call and what is kept of it."""
