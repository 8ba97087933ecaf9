"""A call while it happens: capture, hearing and coaching, each on its own thread."""
